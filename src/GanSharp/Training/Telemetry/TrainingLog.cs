using Microsoft.Extensions.Logging;

namespace GanSharp.Training.Telemetry;

/// <summary>What a run tells its logger.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Run {RunId} started at step {Step}, to step {LastStep}")]
    public static partial void RunStarted(this ILogger logger, Guid runId, long step, long lastStep);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Run {RunId} ended at step {Step}: {Outcome}")]
    public static partial void RunEnded(this ILogger logger, Guid runId, long step, RunOutcome outcome);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information,
        Message = "Step {Step} of {LastStep}: loss D {DiscriminatorLoss:0.0000}, loss G {GeneratorLoss:0.0000}, JS bound {JensenShannon:0.0000}, {SamplesPerSecond:0} samples/s")]
    public static partial void Reported(
        this ILogger logger, long step, long lastStep, double discriminatorLoss, double generatorLoss, double? jensenShannon, double samplesPerSecond);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Step {Step}: {Metric} {Value}")]
    public static partial void Measured(this ILogger logger, long step, string metric, double value);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Checkpoint of step {Step} written to '{Folder}' in {Seconds:0.00} s")]
    public static partial void CheckpointWritten(this ILogger logger, long step, string folder, double seconds);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Checkpoint of step {Step} not written: {Reason}")]
    public static partial void CheckpointFailed(this ILogger logger, Exception exception, long step, string reason);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Step {Step}: {Finding}; the update of the {Network} was skipped")]
    public static partial void UpdateSkipped(this ILogger logger, long step, string finding, string network);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "Step {Step}: {Finding}; returned to step {SnapshotStep} with the learning rates times {RateFactor}")]
    public static partial void RolledBack(this ILogger logger, long step, string finding, long snapshotStep, double rateFactor);

    [LoggerMessage(EventId = 9, Level = LogLevel.Warning, Message = "{Failure}")]
    public static partial void MeasurementFailed(this ILogger logger, string failure);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information,
        Message = "Step {Step} of {LastStep}: bound {Bound:0.0000} nats = {Reconstruction:0.0000} - KL {KullbackLeibler:0.0000}, {SamplesPerSecond:0} samples/s")]
    public static partial void BoundReported(
        this ILogger logger, long step, long lastStep, double bound, double reconstruction, double kullbackLeibler, double samplesPerSecond);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Warned(this ILogger logger, string warning);
}
