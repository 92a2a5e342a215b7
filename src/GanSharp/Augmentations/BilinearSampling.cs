using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>Images at places between their pixels, as weighted means of the four pixels around, differentiable any number of times in the images.</summary>
internal static class BilinearSampling
{
    /// <param name="images">Shape [N, C, H, W].</param>
    /// <param name="x">Columns of the places, of shape [N, 1, H, W], from 0 to W − 1; others are reflected. Not differentiated.</param>
    /// <param name="y">Rows, likewise.</param>
    public static Tensor At(Tensor images, Tensor x, Tensor y)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        long[] places = [images.shape[0], 1, height, width];
        var (left, right, share) = Neighbors(x.expand(places), width);
        var (upper, lower, shareLower) = Neighbors(y.expand(places), height);
        var pixels = images.flatten(2);
        Tensor Pixel(Tensor row, Tensor column) =>
            pixels.gather(2, (row * width + column).flatten(2).expand(images.shape[0], images.shape[1], height * width)).view(images.shape);
        var above = Pixel(upper, left) * (1 - share) + Pixel(upper, right) * share;
        var below = Pixel(lower, left) * (1 - share) + Pixel(lower, right) * share;
        return above * (1 - shareLower) + below * shareLower;
    }

    private static (Tensor First, Tensor Second, Tensor ShareOfSecond) Neighbors(Tensor coordinates, long size)
    {
        var inside = Reflection.Of(coordinates, size);
        var first = inside.floor().clamp(0, size - 1);
        var index = first.to(ScalarType.Int64);
        return (index, (index + 1).clamp_max(size - 1), inside - first);
    }
}
