using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>Whether samples are images.</summary>
internal static class ImageCheck
{
    /// <exception cref="ArgumentException">They aren't.</exception>
    public static void ThrowIfNotImages(Tensor samples, Augmentation owner)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 4)
            throw new ArgumentException($"samples must be images of shape [N, C, H, W] for {owner.GetType().Name} but have shape {Shape.Format(samples.shape)}.", nameof(samples));
    }

    /// <summary>A share of an image's side: finite, from 0 to 1.</summary>
    public static double Share(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1.");
        return value;
    }

    /// <summary>A deviation or a range: finite, at least 0.</summary>
    public static double Extent(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0.");
        return value;
    }
}
