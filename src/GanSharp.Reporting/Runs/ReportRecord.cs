using System.Collections.ObjectModel;
using GanSharp.Diagnostics.Reports;

namespace GanSharp.Reporting.Runs;

/// <summary>
/// A report of any trainer as a run folder keeps it: one line of <c>reports.jsonl</c>. Numbers stand under their names, so that what shows or compares runs needs to know of no trainer.
/// In the file a number that isn't finite is null, and reads as NaN.
/// </summary>
public sealed record ReportRecord
{
    /// <summary>Steps taken since the trainer was made; of a GAN, generator steps.</summary>
    public required long Step { get; init; }

    /// <summary>The step at which the run was to end.</summary>
    public required long LastStep { get; init; }

    /// <summary>Wall-clock time in seconds since the run's first step; where it was resumed, since then.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Real samples consumed a second since the last report, the time of the measurements excluded.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>How far the generator is from the data, in a sentence that says what it is worth; of a VAE, its lower bound of ln p(x).</summary>
    public required string Headline { get; init; }

    /// <summary>How far the bounds of the divergence can be trusted; null where nothing was measured, and for a VAE.</summary>
    public DivergenceStanding? Standing { get; init; }

    /// <summary>"average of G" or "G": what was measured; null where nothing was.</summary>
    public string? Model { get; init; }

    /// <summary>Losses by name: "discriminator", "generator", and where there are such "penalty" and "generator penalty"; of a VAE "loss".</summary>
    public IReadOnlyDictionary<string, double> Losses { get => field ?? ReadOnlyDictionary<string, double>.Empty; init; }

    /// <summary>Every term of the losses by its name.</summary>
    public IReadOnlyDictionary<string, double> Terms { get => field ?? ReadOnlyDictionary<string, double>.Empty; init; }

    /// <summary>
    /// What was estimated, by name, with its unit at the name's end. Those that <c>reports.csv</c> has too have its columns' names: value_nats, js_bound_nats, audited_nats;
    /// of a VAE bound_nats, reconstruction_nats, kl_nats, held_out_bound_nats. Others are of the diagnostics: true_js_nats, optimality_gap_nats, memorization_gap_nats,
    /// calibration_error, generator_gradient_weight, diversity_pairs, diversity_neighbors, mode_share.
    /// </summary>
    public IReadOnlyDictionary<string, EstimateRecord> Estimates { get => field ?? ReadOnlyDictionary<string, EstimateRecord>.Empty; init; }

    /// <summary>What the metrics found that were due, by name.</summary>
    public IReadOnlyDictionary<string, MeasuredMetric> Metrics { get => field ?? ReadOnlyDictionary<string, MeasuredMetric>.Empty; init; }

    /// <summary>The divergence of each class of a conditional generator.</summary>
    public IReadOnlyList<ClassRecord> Classes { get => field ?? []; init; }

    /// <summary>Verdicts on the run's health, bad ones first.</summary>
    public IReadOnlyList<FindingRecord> Findings { get => field ?? []; init; }

    /// <summary>What else the diagnostics say, in words, by what it is about: "D's logits as ln p_d/p_g", "Coverage of the data", ….</summary>
    public IReadOnlyDictionary<string, string> Notes { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>What happened since the last report beside training.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    /// <summary>Measurements that failed, with what to do.</summary>
    public IReadOnlyList<string> Failures { get => field ?? []; init; }
}
