namespace GanSharp.Estimates;

/// <summary>An estimated variance, and how well it is known.</summary>
/// <param name="Value">The variance of a statistic.</param>
/// <param name="DegreesOfFreedom">Those of Student's distribution that an interval takes; infinite where the variance counts as known.</param>
internal readonly record struct VarianceEstimate(double Value, double DegreesOfFreedom)
{
    /// <summary>Of a statistic to which two independent sides contribute (Satterthwaite 1946).</summary>
    public static VarianceEstimate operator +(VarianceEstimate first, VarianceEstimate second)
    {
        var sum = first.Value + second.Value;
        var uncertainty = first.Value * first.Value / first.DegreesOfFreedom + second.Value * second.Value / second.DegreesOfFreedom;
        return new(sum, uncertainty > 0 ? sum * sum / uncertainty : double.PositiveInfinity);
    }

    /// <summary>Half the width of a 95% interval.</summary>
    public double HalfWidth => StudentQuantile.Of(DegreesOfFreedom) * Math.Sqrt(Value);
}
