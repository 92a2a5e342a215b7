using System.Globalization;

namespace GanSharp.Estimates;

/// <summary>A measured number with its 95% confidence interval.</summary>
/// <param name="Value">The point estimate.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="SampleCount">Number of samples used; for two distributions, that of the smaller side.</param>
public readonly record struct Estimate(double Value, double Lower, double Upper, long SampleCount)
{
    /// <summary>The two-sided 95% quantile of the standard normal distribution.</summary>
    internal const double NormalQuantile = 1.959963984540054;

    /// <summary>"0.1114 ± 0.0042", or "0.0031 [0.0008, 0.0071]" where the interval isn't symmetric.</summary>
    public override string ToString() => Format(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The same with the printed numbers clipped to [<paramref name="least"/>, <paramref name="most"/>].</summary>
    internal string Format(double least, double most)
    {
        // Half of the last digit printed.
        const double Tolerance = 5e-5;
        // Adding 0 after rounding turns "-0.0000" into "0.0000".
        double Shown(double number) => Math.Round(Math.Clamp(number, least, most), 4) + 0.0;
        var half = (Upper - Lower) / 2;
        return Math.Abs(Lower + half - Value) > Tolerance
            ? string.Create(CultureInfo.InvariantCulture, $"{Shown(Value):0.0000} [{Shown(Lower):0.0000}, {Shown(Upper):0.0000}]")
            : string.Create(CultureInfo.InvariantCulture, $"{Shown(Value):0.0000} ± {half:0.0000}");
    }
}
