using System.Globalization;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>What an <see cref="Auditor"/> found. It holds plain numbers and no native memory.</summary>
public sealed record AuditReport
{
    /// <summary>Lower bound of JSD(p_d‖p_g) in nats with its 95% interval, read on samples that had no part in training, stopping or calibration.</summary>
    public required Estimate Bound { get; init; }

    /// <summary>
    /// The same number of the same auditor on its own training samples, which is no bound: what it exceeds <see cref="Bound"/> by is memorized.
    /// </summary>
    public required Estimate TrainingBound { get; init; }

    /// <summary>
    /// At most JSD(p_d‖p_g) with probability at least 97.5%, without the assumption of normality behind <see cref="Bound"/>'s interval: the empirical Bernstein
    /// bound on clipped logits (Maurer and Pontil 2009), in nats. It may be below 0, which says nothing.
    /// </summary>
    public required double LowerConfidenceBound { get; init; }

    /// <summary>Scale and shift that the calibration split gave the auditor's logits. A scale of 1 is a calibrated auditor.</summary>
    public required PlattScaling Calibration { get; init; }

    /// <summary>Steps that the auditor trained.</summary>
    public required int StepsTaken { get; init; }

    /// <summary>The step whose auditor was the best on the calibration split, which is the one that was read; 0 where training never helped.</summary>
    public required int StepKept { get; init; }

    /// <summary>Distinct real samples that training could see (split A): the data's size, or every sample drawn from an endless one.</summary>
    public required long TrainingSamples { get; init; }

    /// <summary>Held-out samples, and as many generated ones, that stopped and calibrated (split B).</summary>
    public required int CalibrationSamples { get; init; }

    /// <summary>Held-out samples, and as many generated ones, that were read (split C).</summary>
    public required int ReadingSamples { get; init; }

    /// <summary>Calibrated ln p_d/p_g at the real samples of split C, in nats, for other diagnostics.</summary>
    public required IReadOnlyList<double> RealLogRatios { get; init; }

    /// <summary>Calibrated ln p_d/p_g at the generated samples of split C, in nats.</summary>
    public required IReadOnlyList<double> FakeLogRatios { get; init; }

    /// <summary>Class of the auditor.</summary>
    public required string AuditorClass { get; init; }

    /// <summary>SHA-256 of the auditor as the factory made it (<see cref="Networks.Weights.NetworkFingerprint"/>).</summary>
    public required string AuditorSha256 { get; init; }

    /// <summary>SHA-256 of the generator that was audited.</summary>
    public required string GeneratorSha256 { get; init; }

    /// <summary>The options that were in force.</summary>
    public required AuditOptions Options { get; init; }

    /// <summary>Training bound less bound, in nats: what the auditor memorized of its training samples.</summary>
    public double MemorizationGap => TrainingBound.Value - Bound.Value;

    /// <summary>"JS >= 0.1114 ± 0.0042 nats (auditor MlpDiscriminator, 800 steps, memorization gap 0.0003)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"JS >= {JensenShannon.FormatValue(Bound)} nats (auditor {AuditorClass}, {StepKept} steps, memorization gap {Math.Round(MemorizationGap, 4) + 0.0:0.0000})");
}
