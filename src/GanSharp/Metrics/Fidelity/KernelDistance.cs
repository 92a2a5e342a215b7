using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// The squared maximum mean discrepancy with the kernel k(x, y) = (x·y / d + 1)³ (KID of Bińkowski et al. 2018, where the features are Inception's). Unbiased, so that
/// values of different sample counts are comparable, and 0 on average for equal distributions; a single value may be negative.
/// </summary>
/// <remarks>
/// It is the U-statistic of all pairs. torch-fidelity averages the same statistic over 100 random subsets of 1,000, which has the same expectation and more noise;
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
    /// distributions are nearly equal, that term vanishes and the interval is too narrow.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    public static Estimate Measure(Tensor real, Tensor fake)
    {
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: 2);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = (real.detach().cpu().to(ScalarType.Float64), fake.detach().cpu().to(ScalarType.Float64));
        var (n, m) = (x.shape[0], y.shape[0]);
        var (amongReal, amongFake) = (RowMeans(x, x, excludesItself: true), RowMeans(y, y, excludesItself: true));
        var (realToFake, fakeToReal) = (RowMeans(x, y, excludesItself: false), RowMeans(y, x, excludesItself: false));
        var value = (amongReal.mean() + amongFake.mean() - 2 * realToFake.mean()).item<double>();
        var variance = 4 * ((amongReal - realToFake).var() / n + (amongFake - fakeToReal).var() / m).item<double>();
        var half = Estimate.NormalQuantile * Math.Sqrt(variance);
        return new Estimate(value, value - half, value + half, Math.Min(n, m));
    }

    /// <summary>Mean of the kernel over the pairs of each row of <paramref name="rows"/>.</summary>
    private static Tensor RowMeans(Tensor rows, Tensor columns, bool excludesItself)
    {
        using var scope = NewDisposeScope();
        var (count, size) = (rows.shape[0], rows.shape[1]);
        var transposed = columns.t();
        var means = new List<Tensor>();
        for (long start = 0; start < count; start += RowsPerBlock)
        {
            using var block = NewDisposeScope();
            var part = rows.narrow(0, start, Math.Min(RowsPerBlock, count - start));
            var sums = Kernel(part.matmul(transposed), size).sum(1);
            if (excludesItself)
                sums.sub_(Kernel(part.square().sum(1), size));
            means.Add((sums / (columns.shape[0] - (excludesItself ? 1 : 0))).MoveToOuterDisposeScope());
        }
        return cat(means).MoveToOuterDisposeScope();
    }

    private static Tensor Kernel(Tensor products, long size) => products.div_(size).add_(1).pow_(3);
}
