using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GanSharp.Training.Telemetry;

/// <summary>The meter and the activity source "GanSharp". Where nobody listens, recording is a comparison. All are recorded at reports, never in a step.</summary>
internal static class Instruments
{
    private const string Name = "GanSharp";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    // In seconds: what a listener takes by default is for milliseconds.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300] };

    public static readonly Counter<long> Steps = Meter.CreateCounter<long>("gansharp.steps", "{step}", "Generator steps taken.");
    public static readonly Counter<long> Samples = Meter.CreateCounter<long>("gansharp.samples", "{sample}", "Real samples consumed.");
    public static readonly Counter<long> SkippedUpdates = Meter.CreateCounter<long>("gansharp.skipped_updates", "{update}", "Updates that the guard left out.");
    public static readonly Counter<long> RollBacks = Meter.CreateCounter<long>("gansharp.roll_backs", "{roll-back}", "Returns to an earlier state after a divergence.");
    public static readonly Counter<long> FailedMeasurements = Meter.CreateCounter<long>("gansharp.failed_measurements", "{measurement}", "Diagnostics, audits and metrics that failed.");
    public static readonly Counter<long> FailedCheckpoints = Meter.CreateCounter<long>("gansharp.failed_checkpoints", "{checkpoint}", "Checkpoints that could not be written.");
    public static readonly Gauge<double> DiscriminatorLoss = Meter.CreateGauge<double>("gansharp.loss.discriminator", description: "Mean loss of D since the previous report, without penalties.");
    public static readonly Gauge<double> GeneratorLoss = Meter.CreateGauge<double>("gansharp.loss.generator", description: "Mean loss of G since the previous report.");
    public static readonly Gauge<double> Penalty = Meter.CreateGauge<double>("gansharp.loss.penalty", description: "Mean of the penalties since the previous report.");
    public static readonly Gauge<double> JensenShannon = Meter.CreateGauge<double>("gansharp.jensen_shannon", "nat", "D's lower bound of the Jensen-Shannon divergence.");
    public static readonly Gauge<double> EvidenceLowerBound = Meter.CreateGauge<double>("gansharp.evidence_lower_bound", "nat", "Mean lower bound of ln p(x) of an autoencoder since the previous report.");
    public static readonly Gauge<double> StepRate = Meter.CreateGauge<double>("gansharp.step_rate", "{step}/s", "Steps per second since the previous report, without the time of the report.");
    public static readonly Gauge<double> Metric = Meter.CreateGauge<double>("gansharp.metric", description: "The metric that the tag gansharp.metric names.");
    public static readonly Histogram<double> ReportDuration = Meter.CreateHistogram<double>("gansharp.report.duration", "s", "Time that a report's diagnostics and metrics take.", tags: null, Seconds);
    public static readonly Histogram<double> CheckpointDuration = Meter.CreateHistogram<double>("gansharp.checkpoint.duration", "s", "Time that writing a checkpoint takes, beside training.", tags: null, Seconds);
}
