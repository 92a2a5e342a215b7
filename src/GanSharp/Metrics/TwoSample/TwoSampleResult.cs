using System.Globalization;

namespace GanSharp.Metrics.TwoSample;

/// <summary>What a two-sample test says of the hypothesis p_d = p_g.</summary>
/// <param name="Statistic">The distance or score; its meaning, unit and bias are the test's.</param>
/// <param name="PValue">
/// (b + 1) / (permutations + 1), b the relabelings at least as extreme as the truth: exact at any sample size, and never 0 (Phipson and Smyth 2010).
/// </param>
/// <param name="Permutations">Relabelings behind the p-value.</param>
/// <param name="RealCount">Real samples used.</param>
/// <param name="FakeCount">Generated samples used.</param>
public readonly record struct TwoSampleResult(double Statistic, double PValue, int Permutations, int RealCount, int FakeCount)
{
    /// <summary>"0.1773, p = 0.002 (499 permutations, 1000 real and 1000 generated samples)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Statistic:0.0000}, p = {PValue:0.000#} ({Permutations} permutations, {RealCount} real and {FakeCount} generated samples)");
}
