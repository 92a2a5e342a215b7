using System.Diagnostics;
using GanSharp.Metrics;
using Microsoft.Extensions.Logging;

namespace GanSharp.Training.Telemetry;

/// <summary>One enumeration of a run: its reports, and how it ended.</summary>
internal sealed class RunEvents(ILogger logger, Activity? activity, Guid runId, Func<long> step, long lastStep) : IDisposable
{
    private readonly KeyValuePair<string, object?> tag = new("gansharp.run", runId);

    /// <summary>How it ends if it ends now.</summary>
    public RunOutcome Outcome { get; set; }

    public void Reported(long steps, long samples, IReadOnlyDictionary<string, MetricReading> metrics, TimeSpan duration)
    {
        // A roll-back takes steps back.
        Instruments.Steps.Add(Math.Max(0, steps), tag);
        Instruments.Samples.Add(samples, tag);
        Instruments.StepRate.Record(steps / duration.TotalSeconds, tag);
        foreach (var (name, reading) in metrics)
        {
            Instruments.Metric.Record(reading.Value, tag, new("gansharp.metric", name));
            logger.Measured(reading.Step, name, reading.Value);
        }
    }

    /// <summary>What a GAN's report says.</summary>
    public void Game(double discriminatorLoss, double generatorLoss, double penalty, double? jensenShannon, double samplesPerSecond)
    {
        Instruments.DiscriminatorLoss.Record(discriminatorLoss, tag);
        Instruments.GeneratorLoss.Record(generatorLoss, tag);
        Instruments.Penalty.Record(penalty, tag);
        if (jensenShannon is { } bound)
            Instruments.JensenShannon.Record(bound, tag);
        var current = step();
        logger.Reported(current, lastStep, discriminatorLoss, generatorLoss, jensenShannon, samplesPerSecond);
    }

    /// <summary>What an autoencoder's report says.</summary>
    public void Bound(double value, double reconstruction, double kullbackLeibler, double samplesPerSecond)
    {
        Instruments.EvidenceLowerBound.Record(value, tag);
        var current = step();
        logger.BoundReported(current, lastStep, value, reconstruction, kullbackLeibler, samplesPerSecond);
    }

    public void Dispose()
    {
        var last = step();
        logger.RunEnded(runId, last, Outcome);
        if (activity is null)
            return;
        activity.SetTag("gansharp.outcome", $"{Outcome}");
        if (Outcome == RunOutcome.Failed)
            activity.SetStatus(ActivityStatusCode.Error);
        // Ending it would make current what was so when it began.
        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }
}
