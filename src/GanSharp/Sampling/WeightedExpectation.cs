using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Sampling;

/// <summary>An expectation under p_d, estimated from weighted samples of p_g.</summary>
/// <param name="Value">The expectation with its 95% interval, and the number of weighted samples.</param>
/// <param name="EffectiveSamples">(Σw)² / Σw² (Kish 1965): about this many unweighted samples of p_d would be as good.</param>
public readonly record struct WeightedExpectation(Estimate Value, double EffectiveSamples)
{
    /// <summary>"1.0021 ± 0.0310 (4330 of 10000 samples effective)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} ({EffectiveSamples:0} of {Value.SampleCount} samples effective)");
}
