using GanSharp.Estimates;

namespace GanSharp.Metrics;

/// <summary>Which of two values of a metric is the better one.</summary>
public enum MetricGoal
{
    /// <summary>The lower one, as with distances.</summary>
    Lower,

    /// <summary>The higher one, as with recall.</summary>
    Higher,

    /// <summary>The one nearer to that of real samples (<see cref="MetricValue.OfReal"/>), as with sharpness: less is blur, and more is noise.</summary>
    NearReal,
}

/// <summary>What a goal says of values.</summary>
public static class MetricGoals
{
    /// <summary>Whether a value is better than another, both beside the same value of real samples. One that isn't finite never is.</summary>
    /// <exception cref="InvalidOperationException">The goal is the value of real samples, and there is none.</exception>
    internal static bool IsBetter(this MetricGoal goal, double value, double other, Estimate? ofReal)
    {
        double Loss(double x) => goal switch
        {
            MetricGoal.Lower => x,
            MetricGoal.Higher => -x,
            _ => Math.Abs(x - (ofReal ?? throw new InvalidOperationException("Values whose goal is that of real samples can't be compared without it: return MetricValue.OfReal.")).Value),
        };
        // Any finite value is better than NaN.
        return double.IsFinite(value) && !(Loss(value) >= Loss(other));
    }

    /// <summary>What a metric of a user's may get wrong.</summary>
    internal static void ThrowIfUnusable(this IMetric metric, double value, Estimate? ofReal)
    {
        if (double.IsNaN(value))
            throw new InvalidOperationException($"{metric.GetType().Name}.Measure returned NaN");
        if (metric.Goal == MetricGoal.NearReal && ofReal is null)
            throw new InvalidOperationException($"{metric.GetType().Name}.Measure must return MetricValue.OfReal, because its goal is the value of real samples");
    }

    /// <summary>The goal in words, as tables show it.</summary>
    /// <param name="goal">The goal.</param>
    /// <returns>"lower", "higher" or "near real".</returns>
    public static string ToText(this MetricGoal goal) => goal switch { MetricGoal.Lower => "lower", MetricGoal.Higher => "higher", _ => "near real" };
}
