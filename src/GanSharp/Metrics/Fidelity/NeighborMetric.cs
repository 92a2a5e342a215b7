using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>One of the numbers of <see cref="PrecisionRecall"/> or <see cref="DensityCoverage"/> as a metric of training runs: <c>NeighborMetric.Recall(features)</c>.</summary>
public sealed class NeighborMetric : FeatureMetric
{
    private const long DefaultSamples = 5_000;
    private const string DensityName = "density";
    private readonly int neighbors;
    private readonly Func<Tensor, Tensor, int, Estimate> measure;

    private NeighborMetric(string quantity, IFeatureExtractor? features, long samples, int neighbors, Func<Tensor, Tensor, int, Estimate> measure)
        : base(features, samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(samples, neighbors);
        (Quantity, this.neighbors, this.measure) = (quantity, neighbors, measure);
    }

    /// <summary>Higher, and near real for the density: samples that crowd at the modes have a higher one than real samples.</summary>
    public override MetricGoal Goal => Quantity == DensityName ? MetricGoal.NearReal : MetricGoal.Higher;

    private protected override string Quantity { get; }

    private protected override IEnumerable<KeyValuePair<string, string>> OwnSettings => [new("neighbors", neighbors.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Precision: the share of generated samples on the data's manifold (<see cref="PrecisionRecall"/>, Kynkäänniemi et al. 2019).</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Samples of each set, more than the neighbors. Default 5,000: the time grows with the square.</param>
    /// <param name="neighbors">k, at least 1. Default 3, as in the paper.</param>
    /// <returns>A metric from 0 to 1: falls with bad samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1, or <paramref name="samples"/> not above it.</exception>
    public static NeighborMetric Precision(IFeatureExtractor? features = null, long samples = DefaultSamples, int neighbors = PrecisionRecall.DefaultNeighbors) =>
        new("precision", features, samples, neighbors, PrecisionRecall.OnManifold);

    /// <summary>Recall: the share of real samples on the generator's manifold (<see cref="PrecisionRecall"/>).</summary>
    /// <returns>A metric from 0 to 1: falls with dropped modes.</returns>
    /// <inheritdoc cref="Precision"/>
    public static NeighborMetric Recall(IFeatureExtractor? features = null, long samples = DefaultSamples, int neighbors = PrecisionRecall.DefaultNeighbors) =>
        new("recall", features, samples, neighbors, (real, fake, k) => PrecisionRecall.OnManifold(fake, real, k));

    /// <summary>Density: in how many balls around real samples a generated one lies, divided by k (<see cref="DensityCoverage"/>, Naeem et al. 2020). More isn't better above what real samples get.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Samples of each set, more than the neighbors. Default 5,000: the time grows with the square.</param>
    /// <param name="neighbors">k, at least 1. Default 5, as in the paper.</param>
    /// <returns>A metric of at least 0, about 1 for real samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1, or <paramref name="samples"/> not above it.</exception>
    public static NeighborMetric Density(IFeatureExtractor? features = null, long samples = DefaultSamples, int neighbors = DensityCoverage.DefaultNeighbors) =>
        new(DensityName, features, samples, neighbors, (real, fake, k) => DensityCoverage.DensityOf(real, NeighborBalls.Radii(real, k), fake, k));

    /// <summary>Coverage: the share of balls around real samples that hold a generated one (<see cref="DensityCoverage"/>).</summary>
    /// <returns>A metric from 0 to 1: falls with dropped modes.</returns>
    /// <inheritdoc cref="Density"/>
    public static NeighborMetric Coverage(IFeatureExtractor? features = null, long samples = DefaultSamples, int neighbors = DensityCoverage.DefaultNeighbors) =>
        new("coverage", features, samples, neighbors, (real, fake, k) => DensityCoverage.CoverageOf(real, NeighborBalls.Radii(real, k), fake));

    private protected override Estimate Compare(Tensor real, Tensor fake)
    {
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: neighbors + 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = FeatureCheck.Centered(real, fake);
        return measure(x, y, neighbors);
    }
}
