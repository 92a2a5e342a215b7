using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary><see cref="FrechetDistance"/> as a metric of training runs.</summary>
/// <param name="features">What is compared; the samples themselves where null.</param>
/// <param name="samples">Samples of each set, at least 2. Default 10,000: the bias falls with the count, and 10,000 is the least that publications use.</param>
public sealed class FrechetDistanceMetric(IFeatureExtractor? features = null, long samples = 10_000) : FeatureMetric(features, samples)
{
    /// <inheritdoc/>
    public override MetricGoal Goal => MetricGoal.Lower;

    private protected override string Quantity => "Fréchet distance";

    private protected override Estimate Compare(Tensor real, Tensor fake) => FrechetDistance.Measure(real, fake);
}
