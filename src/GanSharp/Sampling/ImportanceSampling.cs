using GanSharp.Estimates;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>
/// E_pd[h] ≈ Σ w h / Σ w over samples of G with the weights w = e^l: an expectation under the data distribution, computed without samples of it (Grover et al. 2019).
/// The weights are self-normalized, so that a constant added to every l changes nothing.
/// </summary>
/// <remarks>
/// The interval needs weights of finite variance, which is infinite where p_d is wider than p_g by √2 or more. Samples of G hardly show this, because
/// they miss that part of p_d. With samples of G alone, an interval is therefore given only if k̂ of the weights (<see cref="ParetoTail"/>) plus three standard errors
/// is below ½. Log ratios at real samples show it much better, because the variance is their mean, E_pg[r²] = E_pd[r]: pass them if you have any.
/// </remarks>
public static class ImportanceSampling
{
    /// <summary>With fewer effective samples, a few weights determine the estimate, and the interval, which is computed from the same weights, is too narrow.</summary>
    public const double FewestEffectiveSamples = ImportanceWeights.FewestEffectiveSamples;

    private const double LargestShapeOfFiniteVariance = 0.5, NegligibleShare = 1e-12;

    // With two, 1% of intervals at an infinite variance were let through, and half of those didn't hold (benchmark "coverage").
    private const double StandardErrors = 3;

    /// <summary>The expectation of a function of x under p_d, from fresh samples of G.</summary>
    /// <param name="proposal">G and its log ratio.</param>
    /// <param name="function">h, which maps samples of shape [N, …] to values of shape [N].</param>
    /// <param name="samples">Samples of G, at least 2. Default 10,000.</param>
    /// <param name="seed">Determines the latents. Default 0.</param>
    /// <param name="real">
    /// Real samples of shape [M, …] that D wasn't trained on. Only D's logits for them are used, to check whether an interval is valid. Default null.
    /// </param>
    /// <returns>The self-normalized mean with the interval of <see cref="Expectation(Tensor, Tensor, Tensor?)"/>, in the unit of <paramref name="function"/>.</returns>
    /// <exception cref="DiagnosticRefusedException">Fewer than <see cref="FewestEffectiveSamples"/> effective samples, or weights with too heavy a tail.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    public static WeightedExpectation Expectation(
        GeneratorProposal proposal, Func<Tensor, Tensor> function, int samples = 10_000, long seed = 0, Tensor? real = null)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "importance sampling", device: proposal.Device);
        var (drawn, logRatios) = proposal.Draw(samples, random);
        return Expectation(function(drawn), logRatios, real is null ? null : proposal.LogRatios(real));
    }

    /// <summary>The expectation under p_d of values computed at samples of G.</summary>
    /// <param name="values">h at each sample, shape [N], N ≥ 2.</param>
    /// <param name="logRatios">ln p_d/p_g up to a constant at each sample, shape [N].</param>
    /// <param name="realLogRatios">ln p_d/p_g, up to the same or another constant, at real samples that D wasn't trained on, shape [M], M ≥ 2. Default null.</param>
    /// <returns>
    /// The self-normalized mean with the interval of the delta method, whose standard error is √(Σ w²(h − ĥ)²) / Σ w, corrected for skewness (Hall 1992).
    /// Its bias is of order 1/N, smaller than the interval. The interval covers the sampling error but not the error of the ratio: with a trained D the true value may lie outside.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes don't match, or a value is NaN or infinite.</exception>
    /// <exception cref="DiagnosticRefusedException">
    /// Fewer than <see cref="FewestEffectiveSamples"/> effective samples, or weights or weighted values with too heavy a tail for an interval.
    /// </exception>
    public static WeightedExpectation Expectation(Tensor values, Tensor logRatios, Tensor? realLogRatios = null)
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
                $"Only {effective:0.#} of {values.shape[0]} weighted samples are effective, fewer than {FewestEffectiveSamples:0}, so that a few decide the estimate. Draw more samples, calibrate the discriminator (PlattScaling), or train the generator closer to the data."));
        var logWeights = logRatios.to(ScalarType.Float64).log_softmax(0);
        var h = values.to(logWeights.device).to(ScalarType.Float64);
        var mean = (logWeights.exp() * h).sum().item<double>();
        ThrowIfHeavy(logWeights, h - mean, h.abs().max().item<double>(), realLogRatios);
        // Each is its sample's contribution to the error; they add up to 0.
        var errors = logWeights.exp() * logWeights.numel() * (h - mean);
        return new WeightedExpectation(new WeightedMeans(mean, (1, errors)).SkewCorrected() with { Value = mean }, effective);
    }

    private static void ThrowIfHeavy(Tensor logWeights, Tensor deviations, double magnitude, Tensor? realLogRatios)
    {
        var samples = logWeights.numel();
        void Refuse(double shape, string what, string limit) => throw new DiagnosticRefusedException(FormattableString.Invariant(
            $"No interval would hold: {what} (Pareto k̂ = {shape:0.00}, {limit}), so that their variance is infinite or not to be read from so many. Two distributions can have such tails at the true ratio, so this says nothing against D. Average over real samples where there are any, or train the generator until it is wide enough."));
        var limit = ParetoTail.LargestShape(samples);
        var shape = ParetoTail.Shape(logWeights);
        if (!(shape <= limit))
            Refuse(shape, $"the weights of {samples} samples have too heavy a tail", FormattableString.Invariant($"above {limit:0.00}"));
        // Positive and negative values have separate tails; for constant values only rounding errors would remain.
        var largest = deviations.abs().max().item<double>();
        foreach (var side in largest > NegligibleShare * magnitude ? new[] { deviations, -deviations } : [])
            if (ParetoTail.Shape(logWeights + side.clamp(min: 0).log()) is var weighted && weighted > limit)
                Refuse(weighted, $"the weighted values of {samples} samples have too heavy a tail", FormattableString.Invariant($"above {limit:0.00}"));
        if (realLogRatios is not null)
        {
            _ = EffectiveSamples(realLogRatios);
            var (seen, allowed) = (ParetoTail.Shape(realLogRatios), ParetoTail.LargestShape(realLogRatios.numel()));
            if (!(seen <= allowed))
                Refuse(seen, $"the weights at {realLogRatios.numel()} real samples have too heavy a tail", FormattableString.Invariant($"above {allowed:0.00}"));
            return;
        }
        var error = ParetoTail.StandardError(shape, samples);
        if (shape + StandardErrors * error > LargestShapeOfFiniteVariance)
            Refuse(shape, $"the weights of {samples} samples of the generator alone don't show a finite variance", FormattableString.Invariant($"standard error {error:0.00}, three of which must stay below ½; log ratios at real samples would show it better"));
    }

    /// <summary>How many unweighted samples of p_d the weighted ones are worth: (Σw)² / Σw² for w = e^l (Kish 1965).</summary>
    /// <param name="logRatios">ln p_d/p_g up to a constant at samples of G, shape [N], N ≥ 2.</param>
    /// <returns>From 1 to N; as a share of N it tends to 1 / (1 + χ²(p_d‖p_g)) at the true ratio.</returns>
    /// <exception cref="ArgumentException"><paramref name="logRatios"/> doesn't have shape [N] with at least 2 values, or holds NaN or +∞, or only −∞.</exception>
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
