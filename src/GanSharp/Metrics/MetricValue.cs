using GanSharp.Estimates;

namespace GanSharp.Metrics;

/// <summary>What a metric returns. A plain number and an estimate with its interval convert to it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Interval">The same value with its 95% interval; null where the metric has none.</param>
/// <param name="OfReal">
/// What a perfect generator would get: the same metric between two sets of different real samples, as many on each side. It shows the metric's own bias;
/// null where there aren't enough real samples or the metric doesn't measure it.
/// </param>
public readonly record struct MetricValue(double Value, Estimate? Interval = null, Estimate? OfReal = null)
{
    /// <summary>A value without an interval.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(double value) => FromDouble(value);

    /// <summary>A value with its interval.</summary>
    /// <param name="estimate">The value and its interval.</param>
    public static implicit operator MetricValue(Estimate estimate) => FromEstimate(estimate);

    /// <summary>A value without an interval, for languages without implicit conversions.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What a number converts to.</returns>
    public static MetricValue FromDouble(double value) => new(value);

    /// <summary>A value with its interval, for languages without implicit conversions.</summary>
    /// <param name="estimate">The value and its interval.</param>
    /// <returns>What an estimate converts to.</returns>
    public static MetricValue FromEstimate(Estimate estimate) => new(estimate.Value, estimate);
}
