using GanSharp.Estimates;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// The squared maximum mean discrepancy with the kernel k(x, y) = (x·y / d + 1)³ (KID of Bińkowski et al. 2018, where the features are Inception's). Unbiased, so that
/// values of different sample counts are comparable, and 0 on average for equal distributions; a single value may be negative.
/// </summary>
/// <remarks>
/// It is the U-statistic of all pairs. torch-fidelity averages the same statistic over 100 random subsets of 1,000 (<see cref="MeasureSubsets(Tensor, Tensor, int, int, long)"/>), which has the same expectation and more noise;
/// of 1,000 samples both are the same number.
/// </remarks>
public static class KernelDistance
{
    // 2,048 rows of 10,000 columns in float64 are 160 MB.
    private const long RowsPerBlock = 2_048;

    /// <summary>Estimates the distance.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d], N ≥ 2.</param>
    /// <param name="fake">Features of generated samples, shape [M, d], M ≥ 2.</param>
    /// <returns>
    /// The distance with a 95% interval: normal, with the variance of each sample's mean over its pairs (the Hájek projection of the U-statistic). Where both
    /// distributions are nearly equal, that term vanishes and the interval is too wide.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    public static Estimate Measure(Tensor real, Tensor fake)
    {
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: 2);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = (real.detach().cpu().to(ScalarType.Float64), fake.detach().cpu().to(ScalarType.Float64));
        var (realToFake, fakeToReal) = Means(x, y);
        var (ofReal, ofFake) = (MeansAmong(x) - realToFake, MeansAmong(y) - fakeToReal);
        // The distance is the sum of both means, and each sample moves it twice, as either member of a pair.
        var value = (ofReal.mean() + ofFake.mean()).item<double>();
        return new WeightedMeans(-value, (2, ofReal), (2, ofFake)).Normal();
    }

    /// <summary>
    /// The distance by the protocol of published KIDs: mean and standard deviation over random subsets, which are drawn without replacement, each anew.
    /// </summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d].</param>
    /// <param name="fake">Features of generated samples, shape [M, d].</param>
    /// <param name="subsets">How many, at least 2. Default 100.</param>
    /// <param name="size">Samples of a subset of either side, from 2 to the smaller of N and M. Default 1,000.</param>
    /// <param name="seed">Determines the subsets. Default 0.</param>
    /// <returns>
    /// The mean, and the standard deviation with the number of subsets as its divisor. The standard error that is published, deviation / √subsets, is that of drawing subsets of these
    /// samples. It says little of how other samples would differ; the interval of <see cref="Measure"/> does.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are fewer than a subset, or hold NaN or infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="subsets"/> or <paramref name="size"/> is below 2.</exception>
    public static (double Mean, double StandardDeviation) MeasureSubsets(Tensor real, Tensor fake, int subsets = 100, int size = 1_000, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subsets, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: size);
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "kernel distance subsets");
        Tensor Chosen(long count) => stack([.. Enumerable.Range(0, subsets).Select(_ => randperm(count, generator: random).narrow(0, 0, size))]);
        return MeasureSubsets(real.detach().cpu(), fake.detach().cpu(), Chosen(real.shape[0]), Chosen(fake.shape[0]));
    }

    /// <summary>The same for given subsets, int64 indices of shape [subsets, size].</summary>
    internal static (double Mean, double StandardDeviation) MeasureSubsets(Tensor real, Tensor fake, Tensor ofReal, Tensor ofFake)
    {
        var values = new double[ofReal.shape[0]];
        for (var subset = 0; subset < values.Length; subset++)
        {
            using var scope = NewDisposeScope();
            values[subset] = Measure(real.index_select(0, ofReal[subset]), fake.index_select(0, ofFake[subset])).Value;
        }
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }

    /// <summary>Each sample's mean over its pairs with the others.</summary>
    private static Tensor MeansAmong(Tensor samples)
    {
        var count = samples.shape[0];
        return (count * Means(samples, samples).OfRows - Kernel(samples.square().sum(1), samples.shape[1])) / (count - 1);
    }

    /// <summary>Means of the kernel over the rows and over the columns of all pairs, computed once in blocks.</summary>
    private static (Tensor OfRows, Tensor OfColumns) Means(Tensor rows, Tensor columns)
    {
        var (count, size) = (rows.shape[0], rows.shape[1]);
        var transposed = columns.t();
        var (ofRows, ofColumns) = (empty(count, ScalarType.Float64), zeros(columns.shape[0], ScalarType.Float64));
        for (long start = 0; start < count; start += RowsPerBlock)
        {
            using var block = NewDisposeScope();
            var part = rows.narrow(0, start, Math.Min(RowsPerBlock, count - start));
            var kernel = Kernel(part.matmul(transposed), size);
            ofRows.narrow(0, start, part.shape[0]).copy_(kernel.mean([1]));
            // sum(0) would be sum(ScalarType.Byte): a literal 0 converts to any enumeration.
            ofColumns.add_(kernel.sum([0]));
        }
        return (ofRows, ofColumns.div_(count));
    }

    private static Tensor Kernel(Tensor products, long size) => products.div_(size).add_(1).pow_(3);
}
