using System.Globalization;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>The result of an <see cref="Auditor"/>. It contains plain numbers and no native memory.</summary>
public sealed record AuditReport
{
    /// <summary>Lower bound of JSD(p_d‖p_g) in nats with its 95% interval, computed on samples that weren't used in training, stopping or calibration.</summary>
    public required Estimate Bound { get; init; }

    /// <summary>
    /// The same quantity on the auditor's training samples, which is not a bound: its excess over <see cref="Bound"/> is memorization.
    /// </summary>
    public required Estimate TrainingBound { get; init; }

    /// <summary>
    /// At most JSD(p_d‖p_g) with probability at least 97.5%, without the assumption of normality behind <see cref="Bound"/>'s interval: the empirical Bernstein
    /// bound on clipped logits (Maurer and Pontil 2009), in nats. It may be below 0, which is uninformative.
    /// </summary>
    public required double LowerConfidenceBound { get; init; }

    /// <summary>Scale and shift of the auditor's logits, fitted on the calibration split. With a scale of 1 the auditor was already calibrated.</summary>
    public required PlattScaling Calibration { get; init; }

    /// <summary>Number of steps that the auditor was trained.</summary>
    public required int StepsTaken { get; init; }

    /// <summary>The step at which the auditor was best on the calibration split, which is the one that was used; 0 where training never improved it.</summary>
    public required int StepKept { get; init; }

    /// <summary>Distinct real samples available to training (split A): the size of the data set, or the number of samples drawn from an endless one.</summary>
    public required long TrainingSamples { get; init; }

    /// <summary>Held-out samples, and as many generated ones, for stopping and calibration (split B).</summary>
    public required int CalibrationSamples { get; init; }

    /// <summary>Held-out samples, and as many generated ones, on which the bound was computed (split C).</summary>
    public required int ReadingSamples { get; init; }

    /// <summary>Calibrated ln p_d/p_g at the real samples of split C, in nats, for other diagnostics.</summary>
    public required IReadOnlyList<double> RealLogRatios { get; init; }

    /// <summary>Calibrated ln p_d/p_g at the generated samples of split C, in nats.</summary>
    public required IReadOnlyList<double> FakeLogRatios { get; init; }

    /// <summary>Class of the auditor.</summary>
    public required string AuditorClass { get; init; }

    /// <summary>SHA-256 of the auditor as the factory created it (<see cref="Networks.Weights.NetworkFingerprint"/>).</summary>
    public required string AuditorSha256 { get; init; }

    /// <summary>SHA-256 of the generator that was audited.</summary>
    public required string GeneratorSha256 { get; init; }

    /// <summary>The options that were used.</summary>
    public required AuditOptions Options { get; init; }

    /// <summary>Training bound minus bound, in nats: what the auditor memorized of its training samples.</summary>
    public double MemorizationGap => TrainingBound.Value - Bound.Value;

    /// <summary>"JS >= 0.1114 ± 0.0042 nats (auditor MlpDiscriminator, 800 steps, memorization gap 0.0003)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"JS >= {JensenShannon.FormatValue(Bound)} nats (auditor {AuditorClass}, {StepKept} steps, memorization gap {Math.Round(MemorizationGap, 4) + 0.0:0.0000})");
}
