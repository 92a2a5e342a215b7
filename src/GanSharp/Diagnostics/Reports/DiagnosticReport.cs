using GanSharp.Diagnostics.Calibration;
using GanSharp.Estimates;
using GanSharp.Metrics.Modes;

namespace GanSharp.Diagnostics.Reports;

/// <summary>
/// The diagnostics of a run at one step: how far p_g is from p_d in nats, how far D is from D*, whether D can be trusted, and how diverse G is.
/// Everything about D is measured on held-out data and fresh samples of <see cref="Model"/>.
/// </summary>
public sealed record DiagnosticReport
{
    /// <summary>Generator steps taken before this report.</summary>
    public required long Step { get; init; }

    /// <summary>Number of samples per side.</summary>
    public required long SampleCount { get; init; }

    /// <summary>
    /// Whether p_g is that of G's weight average, which <c>GanTrainer.Sample</c> and the pictures use, instead of G in training. A trainer that
    /// keeps an average measures it. Any D gives a lower bound for any generator, so D's bound is valid for the average although D wasn't trained against it.
    /// </summary>
    public bool IsOfAverage { get; init; }

    /// <summary>The generator that was measured, in words: "average of G" or "G".</summary>
    public string Model => IsOfAverage ? "average of G" : "G";

    /// <summary>Why no divergence is computed from D's logits, as the end of a sentence; null where one is.</summary>
    public string? Refusal { get; init; }

    /// <summary>Lower bound of JSD(p_d‖p_g) in nats from D's logits, not clipped; null where it is refused.</summary>
    public Estimate? JensenShannon { get; init; }

    /// <summary>
    /// The same for each class of a conditional generator with enough samples for an interval (20), by label: which class is farthest from the data. Empty where G isn't conditional, the data has no
    /// labels or others than G, or the divergence is refused.
    /// </summary>
    public IReadOnlyList<ClassDivergence> Classes { get; init; } = [];

    /// <summary>Whether r = e^l is consistent with a density ratio: E_pg[r] = 1, E_pd[1/r] = 1; null where the ratio is refused.</summary>
    public RatioConsistency? Consistency { get; init; }

    /// <summary>How well D's probabilities match frequencies; null where the ratio is refused.</summary>
    public CalibrationReport? Calibration { get; init; }

    /// <summary>The bound on real samples that D was trained on minus the bound on held-out ones, in nats; null for endless data and where the ratio is refused.</summary>
    public Estimate? MemorizationGap { get; init; }

    /// <summary>Median of D(G(z)), from 0 to 1; NaN where the ratio is refused.</summary>
    public double MedianFakeProbability { get; init; } = double.NaN;

    /// <summary>
    /// Mean |∂L_G/∂l| over generated samples: the factor by which G's loss scales the gradient of D's logit. It is D(G(z)) under eq. 21 and 1 − D(G(z)) under the
    /// non-saturating loss; for other losses (least squares) it may exceed 1. Near 0 the loss saturates. NaN where no term of G's loss depends on the logit (feature matching). Always measured on G in training, which receives the gradient.
    /// </summary>
    public required double GeneratorGradientWeight { get; init; }

    /// <summary>The bound of a fresh auditor, in nats; null in reports without an audit.</summary>
    public Estimate? Audited { get; init; }

    /// <summary>Why an audit that was due has no result; null where none was due or it succeeded.</summary>
    public DiagnosticFailure? AuditFailure { get; init; }

    /// <summary>The latest audit before this report, which bounds the divergence of G at that step; null where there was none.</summary>
    public Estimate? PreviousAudit { get; init; }

    /// <summary>The step of <see cref="PreviousAudit"/>.</summary>
    public long? PreviousAuditStep { get; init; }

    /// <summary>The largest valid bound, which discriminator found it, and how far to trust it.</summary>
    public DivergenceReading Divergence => DivergenceReading.Of(this);

    /// <summary>JSD(p_d‖p_g) by quadrature in nats, where both densities are known.</summary>
    public double? TrueJensenShannon { get; init; }

    /// <summary>
    /// How far D is from the D* of <see cref="Model"/> in nats: the true divergence minus D's bound, or the auditor's bound minus D's, which is at most that;
    /// null where neither is known.
    /// </summary>
    public Estimate? OptimalityGap { get; init; }

    /// <summary>How different G's samples are from each other, compared with the data.</summary>
    public required SampleDiversity Diversity { get; init; }

    /// <summary>How much of the data G covers, and how many of its samples lie where data lies; null with fewer than 40 samples.</summary>
    public Coverage? Coverage { get; init; }

    /// <summary>Modes that G hits, where the data is a mixture of isotropic modes.</summary>
    public ModeCoverage? Modes { get; init; }

    /// <summary>
    /// Mean of G's samples minus that of the data along up to eight fixed random directions, in units of the data's standard deviation there.
    /// </summary>
    public required IReadOnlyList<double> Position { get; init; }

    /// <summary>Modes of the data without a generated sample, although most samples lie on modes; null where this isn't known.</summary>
    internal int? LostModes => Modes is { HighQualityFraction: >= 0.5 } modes && SampleCount >= 20 * modes.ModeCount ? modes.ModeCount - modes.ModesHit : null;
}
