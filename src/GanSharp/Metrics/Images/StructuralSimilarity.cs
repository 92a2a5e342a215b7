using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Images;

/// <summary>
/// How alike two images are to the eye: SSIM (Wang et al. 2004) and its product over several scales, MS-SSIM (Wang et al. 2003). Both are 1 for equal images.
/// </summary>
/// <remarks>
/// SSIM is the mean over all places of a window of (2 μxμy + C₁)(2 σxy + C₂) / ((μx² + μy² + C₁)(σx² + σy² + C₂)), where C₁ = (0.01 L)², C₂ = (0.03 L)² and L is the
/// range of the pixels. The window is a Gaussian of 11 × 11 pixels with a standard deviation of 1.5 that never leaves the image. Channels are compared one by one and averaged.
/// The first factor compares brightness and takes black as 0, so pixels are first moved to [0, L]: without that, images in [−1, 1] get other values.
/// </remarks>
public static class StructuralSimilarity
{
    /// <summary>Sides of the smallest image: those of the window.</summary>
    public const int SmallestSide = 11;

    private const double Deviation = 1.5, OfLuminance = 0.01, OfContrast = 0.03;

    // Values of a block: 2 MB a map in float64, which stays in a core's cache.
    private const long ValuesPerBlock = 1 << 18;

    // Wang et al. 2003, table 1, the finest scale first.
    private static readonly double[] ScaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
    private static readonly double[] Window = Gaussian();

    /// <summary>SSIM of each pair, from −1 to 1.</summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width], sides of at least 11.</param>
    /// <param name="others">What each image is compared with; of the same shape.</param>
    /// <param name="lowest">The value of black. Default −1, as in the images of this library.</param>
    /// <param name="highest">The value of white. Default 1.</param>
    /// <returns>Float64 tensor of shape [N] on the CPU.</returns>
    /// <exception cref="ArgumentException">A tensor has another type or shape, or holds values beyond the range.</exception>
    public static Tensor Measure(Tensor images, Tensor others, double lowest = -1, double highest = 1) =>
        OfBlocks(images, others, lowest, highest, (x, y, range) => Compare(x, y, range).Similarity.mean([1]));

    /// <summary>
    /// MS-SSIM of each pair, from 0 to 1: the product over scales, each half the size of the one before, of the similarity of contrasts and, at the coarsest scale alone, of SSIM,
    /// to the power of the scale's weight.
    /// </summary>
    /// <remarks>
    /// The paper has five scales, for which images need sides of 176. Smaller ones have as many scales as their size allows (<see cref="Scales"/>), and the weights of these
    /// are divided by their sum (<see cref="WeightsOf"/>): images of 28 × 28 have two, of 64 × 64 three. Values of different numbers of scales aren't comparable. A factor below 0
    /// counts as 0, as it has no power. Where a side is odd, halving drops the last row.
    /// </remarks>
    /// <inheritdoc cref="Measure"/>
    public static Tensor MeasureMultiScale(Tensor images, Tensor others, double lowest = -1, double highest = 1) =>
        OfBlocks(images, others, lowest, highest, (x, y, range) => Product(x, y, range).mean([1]));

    /// <summary>How many of the five scales an image has: those at which both sides still hold the window.</summary>
    /// <param name="height">Pixels, at least 11.</param>
    /// <param name="width">Pixels, at least 11.</param>
    /// <returns>From 1 to 5: 5 from sides of 176 on.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> or <paramref name="width"/> is below the window's 11 pixels.</exception>
    public static int Scales(long height, long width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, SmallestSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, SmallestSide);
        var side = Math.Min(height, width);
        return Enumerable.Range(0, ScaleWeights.Length).Count(scale => side >> scale >= SmallestSide);
    }

    /// <summary>The weights of some scales, the finest first: those of the paper, of which MS-SSIM uses as many as the image allows.</summary>
    /// <param name="scales">How many, from 1 to 5.</param>
    /// <returns>As many weights above 0 as scales, which sum to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scales"/> is below 1 or above 5.</exception>
    public static IReadOnlyList<double> WeightsOf(int scales)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scales, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scales, ScaleWeights.Length);
        return [.. ScaleWeights[..scales].Select(weight => weight / ScaleWeights[..scales].Sum())];
    }

    internal static void ThrowIfNoRange(double lowest, double highest)
    {
        if (!double.IsFinite(lowest) || !double.IsFinite(highest) || highest <= lowest)
            throw new ArgumentOutOfRangeException(nameof(highest), highest, FormattableString.Invariant($"highest must be above lowest, {lowest}, and both finite."));
    }

    private static Tensor OfBlocks(Tensor images, Tensor others, double lowest, double highest, Func<Tensor, Tensor, double, Tensor> compare)
    {
        ThrowIfNoRange(lowest, highest);
        ThrowIfNoImages(images, nameof(images), lowest, highest);
        ThrowIfNoImages(others, nameof(others), lowest, highest);
        if (!others.shape.SequenceEqual(images.shape))
            throw new ArgumentException($"others must have the shape of images, {Shape.Format(images.shape)}, but has shape {Shape.Format(others.shape)}.", nameof(others));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var pairs = Math.Max(1, ValuesPerBlock / images.shape[1..].Aggregate(1L, (product, size) => product * size));
        var results = new List<Tensor>();
        for (long start = 0; start < images.shape[0]; start += pairs)
        {
            using var block = NewDisposeScope();
            Tensor Part(Tensor whole) => whole.narrow(0, start, Math.Min(pairs, whole.shape[0] - start)).cpu().to(ScalarType.Float64) - lowest;
            results.Add(compare(Part(images), Part(others), highest - lowest).MoveToOuterDisposeScope());
        }
        return cat(results).MoveToOuterDisposeScope();
    }

    /// <summary>MS-SSIM of each channel, shape [N, channels].</summary>
    private static Tensor Product(Tensor x, Tensor y, double range)
    {
        var weights = WeightsOf(Scales(x.shape[2], x.shape[3]));
        var product = ones([x.shape[0], x.shape[1]], ScalarType.Float64);
        foreach (var (scale, weight) in weights.Index())
        {
            if (scale > 0)
                (x, y) = (nn.functional.avg_pool2d(x, 2), nn.functional.avg_pool2d(y, 2));
            var (similarity, contrast) = Compare(x, y, range);
            product *= (scale == weights.Count - 1 ? similarity : contrast).clamp_min(0).pow(weight);
        }
        return product;
    }

    /// <summary>SSIM, and its second factor alone, the similarity of contrast and structure: both of shape [N, channels].</summary>
    private static (Tensor Similarity, Tensor Contrast) Compare(Tensor x, Tensor y, double range)
    {
        using var scope = NewDisposeScope();
        var (c1, c2) = (Math.Pow(OfLuminance * range, 2), Math.Pow(OfContrast * range, 2));
        var (meanX, meanY) = (Weighted(x), Weighted(y));
        var (meanProduct, meanSquares) = (meanX * meanY, meanX.square() + meanY.square());
        // Only the sum of both variances occurs, so that a pair takes four windows and not five.
        var (covariance, variances) = (Weighted(x * y) - meanProduct, Weighted(x.square() + y.square()) - meanSquares);
        var contrast = (2 * covariance + c2) / (variances + c2);
        var luminance = (2 * meanProduct + c1) / (meanSquares + c1);
        return ((luminance * contrast).mean([2, 3]).MoveToOuterDisposeScope(), contrast.mean([2, 3]).MoveToOuterDisposeScope());
    }

    /// <summary>The mean of each window of an image: rows, then columns, since the window is the product of both.</summary>
    private static Tensor Weighted(Tensor images)
    {
        static Tensor Along(Tensor values, int dimension)
        {
            var size = values.shape[dimension] - SmallestSide + 1;
            var sum = values.narrow(dimension, 0, size) * Window[0];
            for (var tap = 1; tap < SmallestSide; tap++)
                sum.add_(values.narrow(dimension, tap, size), alpha: Window[tap]);
            return sum;
        }
        return Along(Along(images, 2), 3);
    }

    private static double[] Gaussian()
    {
        var values = Enumerable.Range(0, SmallestSide).Select(tap => Math.Exp(-Math.Pow((tap - SmallestSide / 2) / Deviation, 2) / 2)).ToArray();
        return [.. values.Select(value => value / values.Sum())];
    }

    private static void ThrowIfNoImages(Tensor images, string name, double lowest, double highest)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (images.dim() != 4 || !images.is_floating_point() || images.shape[0] < 1 || images.shape[1] < 1 || images.shape[2] < SmallestSide || images.shape[3] < SmallestSide)
            throw new ArgumentException($"{name} must be a float tensor of shape [N, channels, height, width] with sides of at least {SmallestSide} but is {images.dtype} of shape {Shape.Format(images.shape)}.", name);
        using var scope = NewDisposeScope();
        var (least, most) = (images.min().to(ScalarType.Float64).item<double>(), images.max().to(ScalarType.Float64).item<double>());
        // NaN is in no range.
        if (!(least >= lowest && most <= highest))
            throw new ArgumentException(FormattableString.Invariant($"{name} must lie in [{lowest}, {highest}], from black to white, but holds values from {least} to {most}."), name);
    }
}
