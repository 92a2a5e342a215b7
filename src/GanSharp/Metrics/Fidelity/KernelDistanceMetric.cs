using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary><see cref="KernelDistance"/> as a metric of training runs.</summary>
/// <param name="features">What is compared; the samples themselves where null.</param>
/// <param name="samples">Samples of each set, at least 2. Default 5,000: the time grows with the square.</param>
public sealed class KernelDistanceMetric(IFeatureExtractor? features = null, long samples = 5_000) : FeatureMetric(features, samples)
{
    /// <inheritdoc/>
    public override MetricGoal Goal => MetricGoal.Lower;

    private protected override string Quantity => "kernel distance";

    private protected override Estimate Compare(Tensor real, Tensor fake) => KernelDistance.Measure(real, fake);
}
