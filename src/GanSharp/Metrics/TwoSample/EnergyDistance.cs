using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// 2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ with x from the data and y from the generator: 0 for equal distributions and only for them,
/// with nothing to tune (Székely and Rizzo 2013). On the line it is 2 ∫ (F − G)².
/// </summary>
public static class EnergyDistance
{
    /// <summary>Estimates the distance and tests p_d = p_g by permutation; large values speak against it.</summary>
    /// <param name="real">Real samples, float tensor of shape [N, …]; every sample is flattened. N from 2 to 3,000 after subsampling.</param>
    /// <param name="fake">Generated samples, float tensor of shape [M, …] with samples of the same shape.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The unbiased U-statistic, in the samples' unit; it may be negative where the distributions are close.</returns>
    /// <exception cref="ArgumentException">The samples can't be compared, or an option is invalid.</exception>
    public static TwoSampleResult Measure(Tensor real, Tensor fake, TwoSampleOptions? options = null)
    {
        using var scope = NewDisposeScope();
        var pool = SamplePool.Create(real, fake, options, PairwiseDistances.SampleLimit);
        return PairwiseDistances.KernelTest(pool, cdist(pool.Points, pool.Points).neg_());
    }

    /// <summary>The U-statistic alone, of as many features on each side.</summary>
    /// <param name="real">Shape [N, d], N ≥ 2.</param>
    /// <param name="fake">Shape [N, d].</param>
    internal static double Unbiased(Tensor real, Tensor fake)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (real.to(ScalarType.Float64), fake.to(ScalarType.Float64));
        // Without the matrix product, equal samples are exactly 0 apart.
        static Tensor Sum(Tensor a, Tensor b) => cdist(a, b, compute_mode: compute_mode.donot_use_mm_for_euclid_dist).sum();
        double count = x.shape[0];
        return (2 / (count * count) * Sum(x, y) - (Sum(x, x) + Sum(y, y)) / (count * (count - 1))).item<double>();
    }
}
