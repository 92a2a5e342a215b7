using System.Globalization;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>A measured number with its 95% confidence interval.</summary>
/// <param name="Value">The point estimate.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="SampleCount">Samples the estimate rests on, of each of the two distributions.</param>
public readonly record struct Estimate(double Value, double Lower, double Upper, long SampleCount)
{
    // Two-sided 95% of a normal distribution.
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>offset + factor · (mean of one independent sample + mean of another), with a normal interval.</summary>
    /// <param name="real">Float64 values, shape [N], N ≥ 2.</param>
    /// <param name="fake">Float64 values, shape [M], M ≥ 2.</param>
    /// <param name="factor">Above 0.</param>
    /// <param name="offset">Added to the value.</param>
    internal static Estimate OfMeans(Tensor real, Tensor fake, double factor, double offset = 0)
    {
        using var scope = NewDisposeScope();
        var value = offset + factor * (real.mean().item<double>() + fake.mean().item<double>());
        var half = NormalQuantile * factor * Math.Sqrt(real.var().item<double>() / real.numel() + fake.var().item<double>() / fake.numel());
        return new Estimate(value, value - half, value + half, Math.Min(real.numel(), fake.numel()));
    }

    /// <summary>"0.1114 ± 0.0042".</summary>
    public override string ToString() =>
        // Adding 0 after rounding turns "-0.0000" into "0.0000".
        string.Create(CultureInfo.InvariantCulture, $"{Math.Round(Value, 4) + 0.0:0.0000} ± {(Upper - Lower) / 2:0.0000}");
}
