using System.Collections.ObjectModel;
using System.Globalization;
using GanSharp.Diagnostics.Reports;
using GanSharp.Metrics;

namespace GanSharp.Training.Runs;

/// <summary>What happened in the steps since the last report, of any trainer. Losses are means over those steps.</summary>
public abstract record TrainingReport
{
    // Two short metrics; more would push the rate and the warnings off a console's line.
    private const int LongestMetrics = 60;

    private protected TrainingReport()
    {
    }

    /// <summary>The trainer's step at which this run began; null of a report that no run made.</summary>
    internal long? StartStep { get; init; }

    /// <summary>Steps taken since the trainer was made; of a GAN, generator steps.</summary>
    public required long Step { get; init; }

    /// <summary>The step at which this run ends.</summary>
    public required long LastStep { get; init; }

    /// <summary>Every term of the losses by its name: "discriminator/adversarial", "generator/feature matching", "discriminator/R1".</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>What the metrics found that were due at this report (<see cref="RunOptions.Metrics"/>), by name, in their order.</summary>
    public IReadOnlyDictionary<string, MetricReading> Metrics { get; init; } = ReadOnlyDictionary<string, MetricReading>.Empty;

    /// <summary>Metrics that were due and failed, with what to do. <see cref="Warnings"/> holds them too.</summary>
    public IReadOnlyList<DiagnosticFailure> MetricFailures { get; init; } = [];

    /// <summary>What happened since the last report beside training: skipped updates, roll-backs, checkpoints that couldn't be written, diagnostics that failed. Mostly empty.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Real samples consumed a second since the last report, the time of the measurements excluded.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Wall-clock time since this run's first step.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>One line for a console.</summary>
    public sealed override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"step {Step,6}  {Summary}");
        var metrics = string.Concat(Metrics.Select(metric => $"  {metric.Key} {metric.Value}"));
        if (metrics.Length <= LongestMetrics)
            line += metrics;
        line += string.Create(CultureInfo.InvariantCulture, $"  {SamplesPerSecond,6:N0} samples/s");
        return string.Join("  ! ", [line, .. Concern is { } concern ? [concern] : Array.Empty<string>(), .. Warnings]);
    }

    /// <summary>The losses and the distance from the data, in a few words.</summary>
    public abstract string Summary { get; }

    /// <summary>What is wrong with the run; null where nothing is.</summary>
    private protected virtual string? Concern => null;
}
