using System.Collections.ObjectModel;
using System.Globalization;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Metrics;

namespace GanSharp.Training;

/// <summary>What happened in the steps since the last report. Losses and V(D) are means over those steps.</summary>
public sealed record StepReport
{
    // Two short metrics; more would push the rate and the warnings off a console's line.
    private const int LongestMetrics = 60;

    /// <summary>Generator steps taken since the trainer was made.</summary>
    public required long Step { get; init; }

    /// <summary>The step at which this run ends.</summary>
    public required long LastStep { get; init; }

    /// <summary>Mean discriminator loss of the objective, without penalties; NaN where every update since the last report was skipped.</summary>
    public required double DiscriminatorLoss { get; init; }

    /// <summary>Mean generator loss of the objective.</summary>
    public required double GeneratorLoss { get; init; }

    /// <summary>Mean of the penalties on the discriminator, 0 where there are none.</summary>
    public required double Penalty { get; init; }

    /// <summary>Mean of the penalties on the generator, 0 where there are none.</summary>
    public double GeneratorPenalty { get; init; }

    /// <summary>
    /// Every term of both losses by its name: "discriminator/adversarial", "generator/feature matching", "discriminator/R1". The losses above are their sums.
    /// </summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>V(D) on the training batches in nats (eq. 11), or null where the objective's logits are no density ratio.</summary>
    public double? Value { get; init; }

    /// <summary>What the diagnostics found; null where they were not asked for or failed.</summary>
    public DiagnosticReport? Diagnostics { get; init; }

    /// <summary>What of the diagnostics failed or was refused, all of them or the audit, and what to do; null where nothing did. <see cref="Warnings"/> holds it too.</summary>
    public DiagnosticFailure? DiagnosticsFailure { get; init; }

    /// <summary>What the recent diagnostics say together, and what to change; null where there are none.</summary>
    public TrainingHealth? Health { get; init; }

    /// <summary>What the metrics found that were due at this report (<see cref="TrainingOptions.Metrics"/>), by name, in their order.</summary>
    public IReadOnlyDictionary<string, MetricReading> Metrics { get; init; } = ReadOnlyDictionary<string, MetricReading>.Empty;

    /// <summary>Metrics that were due and failed, with what to do. <see cref="Warnings"/> holds them too.</summary>
    public IReadOnlyList<DiagnosticFailure> MetricFailures { get; init; } = [];

    /// <summary>What happened since the last report beside training: skipped updates, roll-backs, checkpoints that couldn't be written, diagnostics that failed. Mostly empty.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// D's own lower bound of JSD(p_d‖p_g) in nats, on held-out data and fresh samples of G's average where one is kept (<see cref="DiagnosticReport.Model"/>);
    /// null where it was not measured or is refused. <see cref="Divergence"/> says what it is worth.
    /// </summary>
    public Estimate? JensenShannon => Diagnostics?.JensenShannon;

    /// <summary>The largest valid bound of the divergence, who found it, and what it is worth; null where nothing was measured.</summary>
    public DivergenceReading? Divergence => Diagnostics?.Divergence;

    /// <summary>Real samples consumed a second since the last report, the time of the diagnostics excluded.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Wall-clock time since this run's first step.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>One line for a console.</summary>
    public override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"step {Step,6}  loss D {DiscriminatorLoss,7:0.0000}  loss G {GeneratorLoss,7:0.0000}");
        if (Value is { } value)
            line += string.Create(CultureInfo.InvariantCulture, $"  V(D) {value,7:0.0000}");
        if (Divergence is { Brief: { Length: > 0 } brief })
            line += $"  {brief}";
        var metrics = string.Concat(Metrics.Select(metric => $"  {metric.Key} {metric.Value}"));
        if (metrics.Length <= LongestMetrics)
            line += metrics;
        line += string.Create(CultureInfo.InvariantCulture, $"  {SamplesPerSecond,6:N0} samples/s");
        return string.Join("  ! ", [line, .. Health is { IsHealthy: false } ? [$"{Health}"] : Array.Empty<string>(), .. Warnings]);
    }
}
