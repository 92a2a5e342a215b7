using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Calibration;

/// <summary>
/// Whether logits can be the log of a density ratio: the true one has E_pg[r] = 1 and E_pd[1/r] = 1, because densities integrate to 1.
/// This is necessary but not sufficient: logits of 0 also pass, and mean that both distributions are equal.
/// </summary>
/// <param name="MeanRatio">E_pg[e^l] with its 95% interval.</param>
/// <param name="MeanInverseRatio">E_pd[e^−l] with its 95% interval.</param>
/// <param name="RatioEffectiveSamples">(Σr)² / Σr² of the generated samples: the number that effectively determine E_pg[r].</param>
/// <param name="InverseRatioEffectiveSamples">The same for 1/r at the real samples.</param>
public sealed record RatioConsistency(Estimate MeanRatio, Estimate MeanInverseRatio, double RatioEffectiveSamples, double InverseRatioEffectiveSamples)
{
    /// <summary>Effective samples as a share of the generated ones, above 0 and at most 1; at the true ratio it tends to 1 / (1 + χ²(p_d‖p_g)).</summary>
    public double RatioEffectiveShare => RatioEffectiveSamples / MeanRatio.SampleCount;

    /// <summary>Effective samples as a share of the real ones, above 0 and at most 1; at the true ratio it tends to 1 / (1 + χ²(p_g‖p_d)).</summary>
    public double InverseRatioEffectiveShare => InverseRatioEffectiveSamples / MeanInverseRatio.SampleCount;

    /// <summary>k̂ of e^l at the generated samples, whose mean is E_pg[r]: see <see cref="ParetoTail"/>.</summary>
    public double RatioTailShape { get; init; }

    /// <summary>k̂ of e^−l at the real samples, whose mean is E_pd[1/r].</summary>
    public double InverseRatioTailShape { get; init; }

    /// <summary>
    /// Why the tails of r or 1/r make the intervals unreliable, in a sentence; null where they don't. It can explain means below 1 but not means above 1: a heavy tail
    /// makes a mean too low, since few samples reach the tail, and those that do widen the interval.
    /// </summary>
    public string? TailObjection { get; init; }

    /// <summary>
    /// Whether both intervals contain 1, use at least 100 effective samples each, and the tails allow an interval. Each interval misses 1 for one true ratio in
    /// twenty, so this is false for about one true ratio in ten, and for every one whose tails are too heavy: <see cref="IsDecidable"/> distinguishes the two cases.
    /// </summary>
    public bool IsTrusted => Undecidable is null && Objection is null;

    /// <summary>
    /// Whether the samples are sufficient for a verdict. Where they aren't, because of few effective samples or a <see cref="TailObjection"/>,
    /// <see cref="IsTrusted"/> is false but isn't evidence against D.
    /// </summary>
    public bool IsDecidable => Undecidable is null;

    /// <summary>Why the logits can be used as a log ratio, or why not.</summary>
    public string Reason => Undecidable ?? Objection ?? "Both means agree with 1, as they must for a density ratio.";

    private string? Undecidable => Degenerate("E_pg[r]", "generated", MeanRatio, RatioEffectiveSamples)
        ?? Degenerate("E_pd[1/r]", "real", MeanInverseRatio, InverseRatioEffectiveSamples)
        ?? (MeanRatio.Lower > 1 || MeanInverseRatio.Lower > 1 ? null : TailObjection);

    private string? Objection => High("E_pg[r]", MeanRatio) ?? High("E_pd[1/r]", MeanInverseRatio) ?? Off("E_pg[r]", MeanRatio) ?? Off("E_pd[1/r]", MeanInverseRatio);

    /// <summary>Measures both means.</summary>
    /// <param name="realLogRatios">D's ln p_d/p_g at real samples that D was not trained on, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">The same at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <returns>
    /// Never refused, because the means are what shows that logits are wrong; see <see cref="Reason"/>. The intervals are corrected for skewness (Hall 1992):
    /// weights have a long right tail, which would make the normal interval too low.
    /// </returns>
    /// <exception cref="ArgumentException">Fewer than two samples per side.</exception>
    public static RatioConsistency Measure(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        using var scope = NewDisposeScope();
        var (real, fake) = (realLogRatios.to(ScalarType.Float64), fakeLogRatios.to(ScalarType.Float64));
        var (inverse, ratio) = (-real, fake);
        return new RatioConsistency(Mean(ratio), Mean(inverse), ImportanceWeights.EffectiveSamples(ratio), ImportanceWeights.EffectiveSamples(inverse))
        {
            RatioTailShape = ParetoTail.Shape(ratio),
            InverseRatioTailShape = ParetoTail.Shape(inverse),
            TailObjection = Heavy("E_pg[r]", ImportanceWeights.HeavyTail(fake, "generated", 1, real, "real", 1))
                ?? Heavy("E_pd[1/r]", ImportanceWeights.HeavyTail(real, "real", -1, fake, "generated", -1)),
        };
    }

    /// <summary>One line for a console.</summary>
    public override string ToString() => FormattableString.Invariant($"E[r] {MeanRatio} ({RatioEffectiveShare:0.0%} effective), ")
        + FormattableString.Invariant($"E[1/r] {MeanInverseRatio} ({InverseRatioEffectiveShare:0.0%} effective): {(IsTrusted ? "a ratio" : IsDecidable ? "not a ratio" : "can't be told")}");

    private static Estimate Mean(Tensor logWeights) => new WeightedMeans(0, (1, logWeights.exp())).SkewCorrected();

    private static string? Heavy(string mean, string? tail) => tail is null ? null
        : $"{mean} has no interval: {tail}Use Jensen-Shannon, whose terms have a variance for every two distributions.";

    private string? Degenerate(string mean, string side, Estimate estimate, double effective) =>
        effective >= ImportanceWeights.FewestEffectiveSamples ? null
            : FormattableString.Invariant($"{mean} rests on {effective:0.#} effective of {estimate.SampleCount} {side} samples, ")
            + FormattableString.Invariant($"fewer than {ImportanceWeights.FewestEffectiveSamples:0}: its interval can't be relied on. ")
            + (TailObjection ?? "Take more samples, or use Jensen-Shannon, whose terms don't grow exponentially.");

    private static string? High(string mean, Estimate estimate) => estimate.Lower > 1 ? Off(mean, estimate) : null;

    private static string? Off(string mean, Estimate estimate) =>
        estimate.Lower <= 1 && 1 <= estimate.Upper ? null
            : FormattableString.Invariant($"{mean} is {estimate.Value:0.####}, from {estimate.Lower:0.####} to {estimate.Upper:0.####}, and not 1: ")
            + "the logits are scaled or shifted, or D is overconfident. Calibrate them (PlattScaling) on samples set aside.";
}
