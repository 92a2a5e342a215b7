using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>One of the two numbers of <see cref="PrecisionRecallDistribution"/> as a metric of training runs: <c>PrecisionRecallDistributionMetric.F8(features)</c>.</summary>
public sealed class PrecisionRecallDistributionMetric : FeatureMetric
{
    private const long DefaultSamples = 10_000;
    private readonly int clusters;
    private readonly Func<PrecisionRecallDistribution, Estimate> read;

    private PrecisionRecallDistributionMetric(string quantity, IFeatureExtractor? features, long samples, int clusters, Func<PrecisionRecallDistribution, Estimate> read)
        : base(features, samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, clusters);
        (Quantity, this.clusters, this.read) = (quantity, clusters, read);
    }

    /// <inheritdoc/>
    public override MetricGoal Goal => MetricGoal.Higher;

    private protected override string Quantity { get; }

    private protected override IEnumerable<KeyValuePair<string, string>> OwnSettings => [new("clusters", clusters.ToString(CultureInfo.InvariantCulture))];

    /// <summary>F₈, the score that weighs recall: falls with dropped modes.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Samples of each set, at least as many as clusters. Default 10,000.</param>
    /// <param name="clusters">At least 2. Default 20, as in the paper.</param>
    /// <returns>A metric from 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> is below 2, or <paramref name="samples"/> below it.</exception>
    public static PrecisionRecallDistributionMetric F8(IFeatureExtractor? features = null, long samples = DefaultSamples, int clusters = PrecisionRecallDistribution.DefaultClusters) =>
        new("PRD F8", features, samples, clusters, distribution => distribution.F8);

    /// <summary>F of β = ⅛, the score that weighs precision: falls with bad samples.</summary>
    /// <returns>A metric from 0 to 1.</returns>
    /// <inheritdoc cref="F8"/>
    public static PrecisionRecallDistributionMetric FOneEighth(IFeatureExtractor? features = null, long samples = DefaultSamples, int clusters = PrecisionRecallDistribution.DefaultClusters) =>
        new("PRD F1/8", features, samples, clusters, distribution => distribution.FOneEighth);

    private protected override Estimate Compare(Tensor real, Tensor fake) => read(PrecisionRecallDistribution.Measure(real, fake, clusters));
}
