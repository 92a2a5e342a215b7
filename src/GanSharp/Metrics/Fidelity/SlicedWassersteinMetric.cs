using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.TwoSample;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary><see cref="SlicedWasserstein.Distance"/> of features as a metric of training runs.</summary>
public sealed class SlicedWassersteinMetric : FeatureMetric
{
    private readonly int directions;

    /// <summary>The distance of given features.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Samples of each set, at least 2. Default 10,000: the bias falls with the count.</param>
    /// <param name="directions">Random directions, at least 1, the same at every report. Default 128.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="directions"/> is below 1.</exception>
    public SlicedWassersteinMetric(IFeatureExtractor? features = null, long samples = 10_000, int directions = 128)
        : base(features, samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        this.directions = directions;
    }

    /// <inheritdoc/>
    public override MetricGoal Goal => MetricGoal.Lower;

    private protected override string Quantity => "sliced Wasserstein distance";

    private protected override IEnumerable<KeyValuePair<string, string>> OwnSettings => [new("directions", directions.ToString(CultureInfo.InvariantCulture))];

    private protected override Estimate Compare(Tensor real, Tensor fake) => SlicedWasserstein.Distance(real, fake, directions);
}
