using GanSharp.Diagnostics;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>
/// E_pd[h] ≈ Σ w h / Σ w over samples of G with the weights w = e^l: an expectation under the data, without a sample of it (Grover et al. 2019).
/// The weights are self-normalised, so that a constant added to every l changes nothing.
/// </summary>
public static class ImportanceSampling
{
    /// <summary>With fewer effective samples a few weights decide the estimate, and the interval, which is read from the same weights, is too narrow to be believed.</summary>
    public const double FewestEffectiveSamples = ImportanceWeights.FewestEffectiveSamples;

    /// <summary>The expectation of a function of x under p_d, from fresh samples of G.</summary>
    /// <param name="proposal">G and its log ratio.</param>
    /// <param name="function">h, from samples of shape [N, …] to values of shape [N].</param>
    /// <param name="samples">Samples of G, at least 2. Default 10,000.</param>
    /// <param name="seed">Determines the latents.</param>
    /// <exception cref="DiagnosticRefusedException">Fewer than <see cref="FewestEffectiveSamples"/> effective samples.</exception>
    public static WeightedExpectation Expectation(GeneratorProposal proposal, Func<Tensor, Tensor> function, int samples = 10_000, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "importance sampling", device: proposal.Device);
        var (drawn, logRatios) = proposal.Draw(samples, random);
        return Expectation(function(drawn), logRatios);
    }

    /// <summary>The expectation under p_d of values that were computed at samples of G.</summary>
    /// <param name="values">h at each sample, shape [N], N ≥ 2.</param>
    /// <param name="logRatios">ln p_d/p_g up to a constant at each sample, shape [N].</param>
    /// <returns>
    /// The self-normalised mean with the interval of the delta method, ±1.96 √(Σ w²(h − ĥ)²) / Σ w. Its bias is of order 1/N, below the interval.
    /// The interval holds the error of sampling and not that of the ratio: with a trained D the truth may lie outside.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes disagree, or a value is NaN or infinite.</exception>
    /// <exception cref="DiagnosticRefusedException">Fewer than <see cref="FewestEffectiveSamples"/> effective samples.</exception>
    public static WeightedExpectation Expectation(Tensor values, Tensor logRatios)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var scope = NewDisposeScope();
        var effective = EffectiveSamples(logRatios);
        if (values.dim() != 1 || values.shape[0] != logRatios.shape[0])
            throw new ArgumentException($"values must have shape {Shape.Format(logRatios.shape)} like logRatios but have shape {Shape.Format(values.shape)}.", nameof(values));
        if (!values.isfinite().all().item<bool>())
            throw new ArgumentException("values must be finite but hold NaN or infinity.", nameof(values));
        if (effective < FewestEffectiveSamples)
            throw new DiagnosticRefusedException(FormattableString.Invariant(
                $"Only {effective:0.#} of {values.shape[0]} weighted samples are effective, fewer than {FewestEffectiveSamples:0}, so that a few decide the estimate. Draw more samples, calibrate the discriminator (LogitCalibration), or train the generator closer to the data."));
        var weights = logRatios.to(ScalarType.Float64).softmax(0);
        var h = values.to(weights.device).to(ScalarType.Float64);
        var mean = (weights * h).sum().item<double>();
        var half = Estimate.NormalQuantile * Math.Sqrt((weights * (h - mean)).square().sum().item<double>());
        return new WeightedExpectation(new Estimate(mean, mean - half, mean + half, values.shape[0]), effective);
    }

    /// <summary>(Σw)² / Σw² for w = e^l, from 1 to N; as a share of N it tends to 1 / (1 + χ²(p_d‖p_g)) at the true ratio.</summary>
    /// <param name="logRatios">ln p_d/p_g up to a constant at samples of G, shape [N], N ≥ 2.</param>
    public static double EffectiveSamples(Tensor logRatios)
    {
        ArgumentNullException.ThrowIfNull(logRatios);
        if (logRatios.dim() != 1 || logRatios.shape[0] < 2)
            throw new ArgumentException($"logRatios must have shape [N] with at least 2 values but has shape {Shape.Format(logRatios.shape)}.", nameof(logRatios));
        using var scope = NewDisposeScope();
        var l = logRatios.to(ScalarType.Float64);
        if (!l.max().isfinite().item<bool>())
            throw new ArgumentException("logRatios must be below +∞, not NaN, and not all −∞.", nameof(logRatios));
        return ImportanceWeights.EffectiveSamples(l);
    }
}
