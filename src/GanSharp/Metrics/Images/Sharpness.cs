using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Images;

/// <summary>Two measures of how sharp an image is. Neither says whether an image is good: noise is sharp, too. Compare with real images.</summary>
public static class Sharpness
{
    private const int SmallestSide = 3;

    /// <summary>
    /// Variance over the image of its Laplacian, the sum of the four neighbors minus four times the pixel (Pech-Pacheco et al. 2000). Edges and grain raise it, blur lowers it.
    /// </summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width], sides of at least 3; channels are averaged.</param>
    /// <returns>Float64 tensor of shape [N] on the CPU, in the pixels' unit squared.</returns>
    /// <exception cref="ArgumentException">It has another type or shape, or holds NaN or infinity.</exception>
    public static Tensor LaplacianVariance(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var gray = Gray(images);
        var (height, width) = (gray.shape[1], gray.shape[2]);
        Tensor Shifted(long row, long column) => gray.narrow(1, row, height - 2).narrow(2, column, width - 2);
        var laplacian = Shifted(0, 1) + Shifted(2, 1) + Shifted(1, 0) + Shifted(1, 2) - 4 * Shifted(1, 1);
        return laplacian.flatten(1).var(1, unbiased: false).MoveToOuterDisposeScope();
    }

    /// <summary>Share of an image's power, its mean apart, at spatial frequencies above a limit. It doesn't depend on the contrast, unlike <see cref="LaplacianVariance"/>.</summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width], sides of at least 3; channels are averaged.</param>
    /// <param name="frequency">The limit in cycles per pixel, above 0 and below 0.5. Default 0.25: details of fewer than four pixels.</param>
    /// <returns>Float64 tensor of shape [N] on the CPU, from 0 to 1; 0 for an image of one gray.</returns>
    /// <exception cref="ArgumentException">It has another type or shape, or holds NaN or infinity, or the limit is out of range.</exception>
    public static Tensor HighFrequencyShare(Tensor images, double frequency = 0.25)
    {
        ThrowIfNoFrequency(frequency);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var gray = Gray(images);
        var power = fft.fft2(gray - gray.mean([1, 2], keepdim: true)).abs().square();
        var (rows, columns) = (Frequencies(gray.shape[1]), Frequencies(gray.shape[2]));
        var isHigh = (rows.square().unsqueeze(1) + columns.square()).gt(frequency * frequency).to(ScalarType.Float64);
        var total = power.sum([1, 2]);
        var high = (power * isHigh).sum([1, 2]);
        return where(total.gt(0), high / total.clamp_min(double.Epsilon), zeros_like(total)).MoveToOuterDisposeScope();
    }

    internal static void ThrowIfNoFrequency(double frequency)
    {
        if (!(frequency is > 0 and < 0.5))
            throw new ArgumentOutOfRangeException(nameof(frequency), frequency, "frequency must be above 0 and below 0.5 cycles per pixel.");
    }

    /// <summary>Cycles per pixel of each coefficient of a transform of <paramref name="count"/> values.</summary>
    private static Tensor Frequencies(long count)
    {
        var index = arange(count, ScalarType.Float64);
        return where(index.le(count / 2.0), index, index - count) / count;
    }

    private static Tensor Gray(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || !images.is_floating_point() || images.shape[0] < 1 || images.shape[2] < SmallestSide || images.shape[3] < SmallestSide)
            throw new ArgumentException($"images must be a float tensor of shape [N, channels, height, width] with sides of at least {SmallestSide} but is {images.dtype} of shape {Shape.Format(images.shape)}.", nameof(images));
        if (!images.isfinite().all().item<bool>())
            throw new ArgumentException("images must be finite but holds NaN or infinity.", nameof(images));
        return images.detach().cpu().to(ScalarType.Float64).mean([1]);
    }
}
