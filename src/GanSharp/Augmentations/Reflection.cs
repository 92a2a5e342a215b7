using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>Coordinates outside an image, reflected about the centers of its outermost pixels.</summary>
internal static class Reflection
{
    /// <param name="coordinates">In pixels, whole numbers or not, of any size.</param>
    /// <param name="size">Pixels of that side.</param>
    /// <returns>Coordinates from 0 to <paramref name="size"/> − 1.</returns>
    public static Tensor Of(Tensor coordinates, long size)
    {
        if (size == 1)
            return zeros_like(coordinates);
        var period = 2 * (size - 1);
        return size - 1 - (coordinates.remainder(period) - (size - 1)).abs();
    }
}
