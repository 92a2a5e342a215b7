using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Density and coverage (Naeem et al. 2020), by balls around real samples only, which reach to their k-th nearest neighbor.
/// </summary>
/// <param name="Density">In how many balls a generated sample lies on average, divided by k: about 1 for the data itself, and above 1 where samples crowd at its modes.</param>
/// <param name="Coverage">Share of balls that hold a generated sample: falls with dropped modes. The data itself gets 1 − 2⁻ᵏ for as many samples.</param>
/// <remarks>The intervals are of the samples that are counted, given those that the balls are around. The terms of the coverage are dependent where balls overlap.</remarks>
public readonly record struct DensityCoverage(Estimate Density, Estimate Coverage)
{
    /// <summary>Neighbors of the paper.</summary>
    public const int DefaultNeighbors = 5;

    /// <summary>Measures both in Euclidean distance of the features; a point on a sphere doesn't lie in its ball.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d], N > k.</param>
    /// <param name="fake">Features of generated samples, shape [M, d], M ≥ 2.</param>
    /// <param name="neighbors">k, at least 1. Default 5, as in the paper.</param>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    public static DensityCoverage Measure(Tensor real, Tensor fake, int neighbors = DefaultNeighbors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: 2);
        FeatureCheck.ThrowIfUnusable(real, nameof(real), fewest: neighbors + 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = FeatureCheck.Centered(real, fake);
        var radii = NeighborBalls.Radii(x, neighbors);
        return new DensityCoverage(DensityOf(x, radii, y, neighbors), CoverageOf(x, radii, y));
    }

    /// <summary>Density alone, of samples that were checked and centered.</summary>
    internal static Estimate DensityOf(Tensor real, Tensor radii, Tensor fake, int neighbors) =>
        new WeightedMeans(0, (1, NeighborBalls.Counts(real, radii, fake, closed: false) / neighbors)).Normal();

    /// <summary>Coverage alone.</summary>
    /// <inheritdoc cref="DensityOf"/>
    internal static Estimate CoverageOf(Tensor real, Tensor radii, Tensor fake) => Proportion.Of(NeighborBalls.Reached(real, radii, fake, closed: false));

    /// <summary>"density 0.8123 ± 0.0312, coverage 0.7244 [0.7041, 0.7437]".</summary>
    public override string ToString() => $"density {Density}, coverage {Coverage}";
}
