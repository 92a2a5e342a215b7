namespace GanSharp.Metrics;

/// <summary>A metric and how often it is measured.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="EveryReports">Reports from one measurement to the next, at least 1. The last report of a run always has one. Default 1; more for a metric that takes long.</param>
public sealed record ScheduledMetric(IMetric Metric, int EveryReports = 1)
{
    internal static IEnumerable<string> Faults(string name, IReadOnlyList<ScheduledMetric>? metrics)
    {
        if (metrics is null || metrics.Any(scheduled => scheduled?.Metric is null))
        {
            yield return $"{name} must be a list without null; use an empty list for none.";
            yield break;
        }
        foreach (var (index, (metric, everyReports)) in metrics.Index())
        {
            if (everyReports < 1)
                yield return $"{name}[{index}].EveryReports must be at least 1 but is {everyReports}.";
            if (string.IsNullOrWhiteSpace(metric.Name))
                yield return $"{name}[{index}].Metric.Name must not be blank but {metric.GetType().Name}'s is.";
        }
        foreach (var repeated in metrics.CountBy(scheduled => scheduled.Metric.Name).Where(entry => entry.Value > 1))
            yield return $"{name} must have different names but {repeated.Value} are called '{repeated.Key}'.";
    }
}
