using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GanSharp.Training.Telemetry;

/// <summary>Tells a trainer's logger, the meter and the activity source what its runs do. Nobody has to listen.</summary>
/// <param name="listener">The logger; null for none.</param>
/// <param name="time">Where durations are read.</param>
internal sealed class TrainingEvents(ILogger? listener, TimeProvider time)
{
    private readonly ILogger logger = listener ?? NullLogger.Instance;
    private ActivityContext run;

    public TrainingWarnings Warnings { get; } = new(listener ?? NullLogger.Instance);

    /// <summary>An enumeration of a run begins; disposing the result ends it.</summary>
    public RunEvents Begin(Guid runId, Func<long> step, long lastStep)
    {
        var first = step();
        logger.RunStarted(runId, first, lastStep);
        // It spans the caller's loop, so it must not become the caller's current activity.
        var current = Activity.Current;
        var activity = Instruments.Activities.StartActivity("GanSharp run");
        Activity.Current = current;
        activity?.SetTag("gansharp.run", runId).SetTag("gansharp.step.first", first).SetTag("gansharp.step.last", lastStep);
        run = activity?.Context ?? default;
        return new RunEvents(logger, activity, runId, step, lastStep);
    }

    /// <summary>Does what a report measures.</summary>
    public T Measure<T>(long step, Func<T> measure) => Timed("GanSharp report", step, Instruments.ReportDuration, measure).Result;

    /// <summary>Writes a checkpoint, on the thread that calls.</summary>
    public void WriteCheckpoint(long step, string folder, Action write)
    {
        var (_, duration) = Timed("GanSharp checkpoint", step, Instruments.CheckpointDuration, () =>
        {
            write();
            return 0;
        });
        logger.CheckpointWritten(step, folder, duration.TotalSeconds);
    }

    public void CheckpointFailed(long step, Exception cause)
    {
        logger.CheckpointFailed(cause, step, cause.Message);
        Instruments.FailedCheckpoints.Add(1);
    }

    private (T Result, TimeSpan Duration) Timed<T>(string name, long step, System.Diagnostics.Metrics.Histogram<double> durations, Func<T> action)
    {
        using var activity = Instruments.Activities.StartActivity(name, ActivityKind.Internal, run);
        activity?.SetTag("gansharp.step", step);
        var start = time.GetTimestamp();
        try
        {
            var result = action();
            var duration = time.GetElapsedTime(start);
            durations.Record(duration.TotalSeconds);
            return (result, duration);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}
