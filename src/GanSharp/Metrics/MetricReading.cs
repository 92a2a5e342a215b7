using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Metrics;

/// <summary>What a metric found at a report.</summary>
/// <param name="Value">The value.</param>
/// <param name="Interval">The same value with its 95% interval; null where the metric has none.</param>
/// <param name="Step">Generator steps taken when it was measured.</param>
/// <param name="Goal">Which of two values is the better one.</param>
/// <param name="OfReal">What a perfect generator would get (<see cref="MetricValue.OfReal"/>); null where it wasn't measured.</param>
public sealed record MetricReading(double Value, Estimate? Interval, long Step, MetricGoal Goal, Estimate? OfReal = null)
{
    /// <summary>Compares two values of the same metric by its goal.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>Whether this value is better. One that isn't finite never is, and any other is better than NaN.</returns>
    /// <exception cref="InvalidOperationException">The goal is the value of real samples, and there is none.</exception>
    public bool IsBetterThan(double other) => Goal.IsBetter(Value, other, OfReal);

    /// <summary>"0.1114 ± 0.0042 (real 0.0031)", or "0.1114" where there is neither an interval nor a value of real samples.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Interval is { } interval ? $"{interval}" : $"{Value:0.0000}")}{(OfReal is { } real ? $" (real {real.Value:0.0000})" : "")}");
}
