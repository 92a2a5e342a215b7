using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Diagnostics.Reports;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>Measures the metrics of a training run at its reports, each as often as it is scheduled.</summary>
/// <param name="generator">G, read as it is at each report.</param>
/// <param name="data">p_d, with its held-out part.</param>
/// <param name="metrics">What is measured, with different names.</param>
/// <param name="seed">The run's.</param>
/// <param name="ranks">The processes that measure together: each metric is measured by one of them, and all get what it found.</param>
internal sealed class MetricMonitor(GeneratorNetwork generator, Dataset data, IReadOnlyList<ScheduledMetric> metrics, long seed, ICommunicator ranks)
{
    // Metrics of the same features share them, so one rank measures them all.
    private readonly Dictionary<string, int> measuredBy = ranks.Size == 1 ? metrics.ToDictionary(scheduled => scheduled.Metric.Name, _ => 0)
        : metrics.Select(scheduled => scheduled.Metric).GroupBy(metric => metric.Settings.GetValueOrDefault("features") ?? $"only {metric.Name}")
            .Index().SelectMany(group => group.Item.Select(metric => (metric.Name, Rank: group.Index % ranks.Size))).ToDictionary(pair => pair.Name, pair => pair.Rank);

    /// <summary>The classes that G is asked for where the data has none.</summary>
    public LabelSampler Labels { get; init; } = LabelSampler.OfData;

    /// <summary>Reports so far, by which the metrics are scheduled; a resume puts it back.</summary>
    public long Reports { get; set; }

    /// <summary>Measures those that are due, of the average of G where <paramref name="useAverage"/> puts it into the generator. What fails is said and stops nothing.</summary>
    /// <param name="step">Generator steps taken.</param>
    /// <param name="isLast">Whether this is the last report of a run, at which every metric is measured.</param>
    /// <param name="useAverage">Puts the average in place until its result is disposed; null where none is kept.</param>
    /// <param name="cancellationToken">Ends the measurement in progress; those that were done are returned.</param>
    public (IReadOnlyDictionary<string, MetricReading> Readings, IReadOnlyList<DiagnosticFailure> Failures) Measure(
        long step, bool isLast, Func<IDisposable>? useAverage, CancellationToken cancellationToken)
    {
        // Before anything can fail, so that metrics come at the same reports whether or not one failed.
        Reports++;
        var due = metrics.Where(scheduled => isLast || Reports % scheduled.EveryReports == 0).ToArray();
        if (due.Length == 0)
            return (new OrderedDictionary<string, MetricReading>(), []);
        var own = Measure(due.Where(scheduled => measuredBy[scheduled.Metric.Name] == ranks.Rank), step, useAverage, cancellationToken);
        Found[] all = ranks.Size == 1 ? [own] : [.. due.Select(scheduled => measuredBy[scheduled.Metric.Name]).Distinct().Order().Select(rank => ranks.Share(rank, own, ReportJson.Default.Found))];
        return (
            new OrderedDictionary<string, MetricReading>(due.SelectMany(scheduled => all.SelectMany(found => found.Readings.Where(reading => reading.Key == scheduled.Metric.Name)))),
            [.. all.SelectMany(found => found.Failures)]);
    }

    private Found Measure(IEnumerable<ScheduledMetric> own, long step, Func<IDisposable>? useAverage, CancellationToken cancellationToken)
    {
        var readings = new Dictionary<string, MetricReading>();
        var failures = new List<DiagnosticFailure>();
        using var averaged = useAverage?.Invoke();
        using var shared = new SharedTensors();
        foreach (var (metric, _) in own)
            try
            {
                var (value, interval, ofReal) = Measure(metric, step, shared, cancellationToken);
                metric.ThrowIfUnusable(value, ofReal);
                readings[metric.Name] = new MetricReading(value, interval, step, metric.Goal, ofReal);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            // Where the training data can't be read, the next step couldn't be taken either.
            catch (Exception exception) when (!DiagnosticLook.IsOfTrainingData(exception, data))
            {
                failures.Add(DiagnosticFailure.Of($"the metric '{metric.Name}'", exception, "Fix what the message names, or remove it from TrainingOptions.Metrics", "use fewer samples"));
            }
        return new Found(readings, failures);
    }

    private MetricValue Measure(IMetric metric, long step, SharedTensors shared, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // What a metric or the generator draws from torch's global generator is drawn aside, so that measuring doesn't change what is trained.
        using var random = GlobalRandom.Fork(seed, FormattableString.Invariant($"{metric.Name} at step {step}"));
        var context = new MetricContext(generator, data, seed, step, cancellationToken) { Shared = shared, Labels = Labels };
        try
        {
            return metric.Measure(context);
        }
        finally
        {
            context.End();
        }
    }

    /// <summary>What one process found.</summary>
    public sealed record Found(Dictionary<string, MetricReading> Readings, List<DiagnosticFailure> Failures);
}
