using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al. 2019). The data's manifold is the union of balls around real samples that reach to their k-th nearest
/// neighbor; the generator's is made likewise.
/// </summary>
/// <param name="Precision">Share of generated samples on the data's manifold: falls with bad samples.</param>
/// <param name="Recall">Share of real samples on the generator's manifold: falls with dropped modes.</param>
/// <remarks>
/// One outlier has a large ball, so both can be too high; <see cref="DensityCoverage"/> is less sensitive to that. The intervals are Wilson's, with the variance of the samples that are
/// counted and, by a jackknife over tenths, of those that the balls are around.
/// </remarks>
public readonly record struct PrecisionRecall(Estimate Precision, Estimate Recall)
{
    /// <summary>Neighbors of the paper.</summary>
    public const int DefaultNeighbors = 3;

    /// <summary>Measures both in Euclidean distance of the features; a point on a sphere lies in its ball.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d], N > k.</param>
    /// <param name="fake">Features of generated samples, shape [M, d], M > k. The same number as real ones makes precision and recall comparable.</param>
    /// <param name="neighbors">k, at least 1. Default 3, as in the paper.</param>
    /// <returns>Both from 0 to 1, with 95% intervals.</returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1.</exception>
    public static PrecisionRecall Measure(Tensor real, Tensor fake, int neighbors = DefaultNeighbors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: neighbors + 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = FeatureCheck.Centered(real, fake);
        return new PrecisionRecall(OnManifold(x, y, neighbors), OnManifold(y, x, neighbors));
    }

    /// <summary>Precision alone, of generated samples on the manifold of real ones; with the sides exchanged, recall.</summary>
    /// <param name="centers">Those whose balls are the manifold, checked and centered.</param>
    /// <param name="others">Those that are counted.</param>
    /// <param name="neighbors">k.</param>
    internal static Estimate OnManifold(Tensor centers, Tensor others, int neighbors)
    {
        var hits = NeighborBalls.Counts(centers, NeighborBalls.Radii(centers, neighbors), others, closed: true).gt(0).to(ScalarType.Float64);
        var (count, shares) = (hits.shape[0], hits.mean([0]).data<double>().ToArray());
        var share = shares[0];
        return Proportion.Wilson(share, new VarianceEstimate(share * (1 - share) / count, double.PositiveInfinity) + GroupJackknife.Variance(shares[1..]), count);
    }

    /// <summary>"precision 0.7321 [0.7132, 0.7503], recall 0.4122 [0.3920, 0.4331]".</summary>
    public override string ToString() => $"precision {Precision}, recall {Recall}";
}
