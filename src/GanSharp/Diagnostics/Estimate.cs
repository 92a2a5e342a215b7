using System.Globalization;

namespace GanSharp.Diagnostics;

/// <summary>A measured number with its 95% confidence interval.</summary>
/// <param name="Value">The point estimate.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="SampleCount">Samples the estimate rests on; where it rests on two distributions, those of the smaller side.</param>
public readonly record struct Estimate(double Value, double Lower, double Upper, long SampleCount)
{
    /// <summary>Two-sided 95% of a normal distribution.</summary>
    internal const double NormalQuantile = 1.959963984540054;

    /// <summary>"0.1114 ± 0.0042".</summary>
    public override string ToString() =>
        // Adding 0 after rounding turns "-0.0000" into "0.0000".
        string.Create(CultureInfo.InvariantCulture, $"{Math.Round(Value, 4) + 0.0:0.0000} ± {(Upper - Lower) / 2:0.0000}");
}
