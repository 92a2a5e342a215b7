using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary><see cref="FrechetDistanceInfinity"/> as a metric of training runs.</summary>
/// <param name="features">What is compared; the samples themselves where null.</param>
/// <param name="samples">Samples of each set, more than four times as many as there are features. Default 10,000.</param>
public sealed class FrechetDistanceInfinityMetric(IFeatureExtractor? features = null, long samples = 10_000) : FeatureMetric(features, samples)
{
    /// <inheritdoc/>
    public override MetricGoal Goal => MetricGoal.Lower;

    private protected override string Quantity => "Fréchet distance at infinity";

    private protected override Estimate Compare(Tensor real, Tensor fake) => FrechetDistanceInfinity.Measure(real, fake);
}
