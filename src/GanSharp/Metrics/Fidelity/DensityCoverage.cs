using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Density and coverage (Naeem et al. 2020), by balls around real samples only, which reach to their k-th nearest neighbor.
/// </summary>
/// <param name="Density">In how many balls a generated sample lies on average, divided by k: about 1 for the data itself, and above 1 where samples crowd at its modes.</param>
/// <param name="Coverage">Share of balls that hold a generated sample: falls with dropped modes. The data itself gets 1 − 2⁻ᵏ for as many samples.</param>
/// <remarks>The intervals have the variance of both sides, by a jackknife over tenths: normal for the density, Wilson's for the coverage.</remarks>
public readonly record struct DensityCoverage(Estimate Density, Estimate Coverage)
{
    /// <summary>Neighbors of the paper.</summary>
    public const int DefaultNeighbors = 5;

    /// <summary>Measures both in Euclidean distance of the features; a point on a sphere doesn't lie in its ball.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d], N > k.</param>
    /// <param name="fake">Features of generated samples, shape [M, d], M ≥ 2.</param>
    /// <param name="neighbors">k, at least 1. Default 5, as in the paper.</param>
    /// <returns>Both with 95% intervals: the density at least 0, the coverage from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1.</exception>
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
    internal static Estimate DensityOf(Tensor real, Tensor radii, Tensor fake, int neighbors)
    {
        var densities = NeighborBalls.Counts(real, radii, fake, closed: false) / neighbors;
        // Without a tenth of the balls there are nine tenths as many.
        var remaining = 1 - 1.0 / GroupJackknife.Groups;
        var means = densities.mean([0]).data<double>().ToArray();
        var ofFake = new VarianceEstimate(densities.select(1, 0).var().item<double>() / fake.shape[0], double.PositiveInfinity);
        var half = (ofFake + GroupJackknife.Variance([.. means[1..].Select(mean => mean / remaining)])).HalfWidth;
        return new Estimate(means[0], means[0] - half, means[0] + half, Math.Min(real.shape[0], fake.shape[0]));
    }

    /// <summary>Coverage alone.</summary>
    /// <inheritdoc cref="DensityOf"/>
    internal static Estimate CoverageOf(Tensor real, Tensor radii, Tensor fake)
    {
        const int Groups = GroupJackknife.Groups;
        var (nearest, own) = (NeighborBalls.Nearest(real, fake), arange(real.shape[0]).remainder(Groups));
        double Share(Tensor distances, Tensor balls) => distances.lt(balls).to(ScalarType.Float64).mean().item<double>();
        var (any, all) = (nearest.amin([1]), radii.select(1, 0));
        var share = Share(any, all);
        double WithoutReal(int group)
        {
            using var scope = NewDisposeScope();
            var kept = own.ne(group);
            return Share(any.masked_select(kept), radii.select(1, 1 + group).masked_select(kept));
        }
        double WithoutFake(int group)
        {
            using var scope = NewDisposeScope();
            return Share(nearest.index_fill(1, tensor((long)group), double.PositiveInfinity).amin([1]), all);
        }
        var variance = GroupJackknife.Variance([.. Enumerable.Range(0, Groups).Select(WithoutReal)]) + GroupJackknife.Variance([.. Enumerable.Range(0, Groups).Select(WithoutFake)]);
        return Proportion.Wilson(share, variance, real.shape[0]);
    }

    /// <summary>"density 0.8123 ± 0.0312, coverage 0.7244 [0.7041, 0.7437]".</summary>
    public override string ToString() => $"density {Density}, coverage {Coverage}";
}
