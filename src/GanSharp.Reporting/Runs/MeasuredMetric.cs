using GanSharp.Metrics;

namespace GanSharp.Reporting.Runs;

/// <summary>What a metric found, as a run folder keeps it.</summary>
/// <param name="Value">The value; NaN where it wasn't finite.</param>
/// <param name="Lower">Lower end of its 95% interval; null where the metric has none.</param>
/// <param name="Upper">Upper end of its 95% interval; null where the metric has none.</param>
/// <param name="Goal">Which of two values is the better one.</param>
/// <param name="OfReal">What a perfect generator would get; null where it wasn't measured.</param>
/// <param name="Step">Steps taken when it was measured.</param>
public sealed record MeasuredMetric(double Value, double? Lower, double? Upper, MetricGoal Goal, double? OfReal, long Step)
{
    internal static MeasuredMetric Of(MetricReading reading) => new(reading.Value, reading.Interval?.Lower, reading.Interval?.Upper, reading.Goal, reading.OfReal?.Value, reading.Step);
}
