using GanSharp.Estimates;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Reports;

/// <summary>How different a generator's samples are from each other, relative to the data: 1 where they are as different, 0 where all are the same.</summary>
/// <param name="PairwiseRatio">Mean Euclidean distance between two generated samples divided by that between two real ones.</param>
/// <param name="NearestRatio">Median distance to the nearest other generated sample divided by the same for real ones; NaN where real samples repeat. Near 0 where G repeats a few distinct samples.</param>
/// <param name="SampleCount">Samples of each side.</param>
public readonly record struct SampleDiversity(double PairwiseRatio, double NearestRatio, long SampleCount)
{
    /// <summary>Half the width of <see cref="PairwiseRatio"/>'s 95% interval: normal, and accounting for each distance being shared by two samples (Hoeffding 1948).</summary>
    public double PairwiseMargin { get; init; }

    /// <summary>Half the width of <see cref="NearestRatio"/>'s 95% interval, from the order statistics around both medians.</summary>
    public double NearestMargin { get; init; }

    /// <summary>Compares equally many samples of both sides.</summary>
    /// <param name="real">Real samples, shape [N, …], N ≥ 3.</param>
    /// <param name="fake">Generated samples, shape [N, …].</param>
    /// <returns>The ratios of distances, of no unit, with the half widths of their 95% intervals.</returns>
    /// <exception cref="ArgumentException"><paramref name="real"/> and <paramref name="fake"/> don't hold as many samples, or fewer than 3.</exception>
    public static SampleDiversity Measure(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        // With more samples the nearest neighbor is nearer, so both sides must have the same size.
        if (real.shape[0] < 3 || real.shape[0] != fake.shape[0])
            throw new ArgumentException($"real and fake must hold as many samples, at least 3, but hold {real.shape[0]} and {fake.shape[0]}.", nameof(fake));
        var (realPairwise, realNearest) = Distances(real);
        var (fakePairwise, fakeNearest) = Distances(fake);
        return new SampleDiversity(fakePairwise.Value / realPairwise.Value, realNearest.Value > 0 ? fakeNearest.Value / realNearest.Value : double.NaN, real.shape[0])
        {
            PairwiseMargin = Margin(fakePairwise, realPairwise),
            NearestMargin = Margin(fakeNearest, realNearest),
        };
    }

    /// <summary>Half-width for the ratio of two independent numbers, to first order.</summary>
    private static double Margin((double Value, double Margin) above, (double Value, double Margin) below) =>
        Math.Sqrt(Math.Pow(above.Margin, 2) + Math.Pow(above.Value / below.Value * below.Margin, 2)) / below.Value;

    private static ((double Value, double Margin) Pairwise, (double Value, double Margin) Nearest) Distances(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var flat = samples.flatten(1).to(ScalarType.Float64).cpu();
        var count = flat.shape[0];
        // From differences and not from products, whose rounding would part samples that are equal.
        var distances = cdist(flat, flat, compute_mode: compute_mode.donot_use_mm_for_euclid_dist);
        var ofSample = distances.sum(1) / (count - 1.0);
        var pairwise = 2 * Estimate.NormalQuantile * Math.Sqrt(ofSample.var().item<double>() / count);
        var nearest = (distances + eye(count, dtype: ScalarType.Float64) * double.MaxValue).min(1).values.sort().Values.data<double>().ToArray();
        // Ranks between which the median lies with a probability of 95%: the count below it is binomial.
        var reach = Estimate.NormalQuantile * Math.Sqrt(count) / 2;
        double Ranked(double rank) => nearest[(int)Math.Clamp(Math.Round(rank), 0, count - 1)];
        var middle = (count - 1) / 2;
        return ((distances.sum().item<double>() / (count * (count - 1.0)), pairwise),
            (nearest[middle], (Ranked(middle + reach) - Ranked(middle - reach)) / 2));
    }
}
