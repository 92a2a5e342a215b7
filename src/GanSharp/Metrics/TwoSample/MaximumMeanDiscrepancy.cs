using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y) with the kernel k(x, y) = exp(−‖x − y‖² / 2σ²) (Gretton et al. 2012):
/// 0 for equal distributions and only for them, whatever σ; the choice of σ decides which differences it sees best.
/// </summary>
public static class MaximumMeanDiscrepancy
{
    // The median of the distances of 1,000 samples is known to a few thousandths, which moves the kernel less than the heuristic is worth.
    private const int BandwidthSamples = 1_000;

    /// <summary>Estimates MMD² and tests p_d = p_g by permutation; large values speak against it.</summary>
    /// <param name="real">Real samples, float tensor of shape [N, …]; every sample is flattened. N from 2 to 3,000 after subsampling.</param>
    /// <param name="fake">Generated samples, float tensor of shape [M, …] with samples of the same shape.</param>
    /// <param name="bandwidth">
    /// σ, finite and above 0, in the samples' unit. Default null: the <see cref="MedianDistance"/> of both sides together, which follows the generator;
    /// to compare generators, give all of them one σ, such as that of the data.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The unbiased U-statistic, from about 0 to 2; it may be negative where the distributions are close.</returns>
    /// <exception cref="ArgumentException">The samples can't be compared, or an option is invalid.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bandwidth"/> isn't finite and above 0.</exception>
    public static TwoSampleResult Measure(Tensor real, Tensor fake, double? bandwidth = null, TwoSampleOptions? options = null)
    {
        if (bandwidth is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentOutOfRangeException(nameof(bandwidth), bandwidth, "bandwidth must be finite and above 0, or null for the median distance.");
        using var scope = NewDisposeScope();
        var pool = SamplePool.Create(real, fake, options, PairwiseDistances.SampleLimit);
        var sigma = bandwidth ?? MedianDistance(pool.Points);
        if (sigma == 0)
            throw new ArgumentException("bandwidth must be given for these samples: the median distance is 0, because most pairs are equal.", nameof(bandwidth));
        return PairwiseDistances.KernelTest(pool, cdist(pool.Points, pool.Points).pow_(2).mul_(-1 / (2 * sigma * sigma)).exp_());
    }

    /// <summary>The median heuristic for σ.</summary>
    /// <param name="samples">Float tensor of shape [N, …], N ≥ 2, in random order.</param>
    /// <returns>The median Euclidean distance of two of the first 1,000 samples, in their unit; 0 where most pairs are equal.</returns>
    /// <exception cref="ArgumentException"><paramref name="samples"/> isn't a finite float tensor with at least 2 samples.</exception>
    public static double MedianDistance(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        SamplePool.ThrowIfUnusable(samples, nameof(samples));
        using var scope = NewDisposeScope();
        var first = samples.detach().narrow(0, 0, Math.Min(BandwidthSamples, samples.shape[0])).flatten(1).to(ScalarType.Float64).to(CPU);
        // Without the matrix product, equal samples are exactly 0 apart.
        var distances = cdist(first, first, compute_mode: compute_mode.donot_use_mm_for_euclid_dist);
        return distances.masked_select(ones_like(distances, ScalarType.Bool).triu(1)).median().item<double>();
    }
}
