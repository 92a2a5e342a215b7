using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½): the squared 2-Wasserstein distance of two Gaussians with the features' means and covariances (Dowson and Landau 1982).
/// With the features of Inception-v3 it is FID (Heusel et al. 2017); with any others it isn't, and can't be compared with published values.
/// </summary>
/// <remarks>It is biased up, by about as much as between two sets of real samples of the same sizes. Only values of the same sample counts are comparable.</remarks>
public static class FrechetDistance
{
    // Eigenvalues below this share of the largest, for each feature, are rounding.
    private const double Rounding = 2.2e-16;

    /// <summary>The distance of features in memory, with an interval.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d], N ≥ 2; fewer than d are allowed.</param>
    /// <param name="fake">Features of generated samples, shape [M, d], M ≥ 2.</param>
    /// <returns>
    /// The distance in the features' unit squared. The 95% interval is that of the delta method: each sample's influence on the distance is linear in the sample and its
    /// square, with the optimal transport map between the Gaussians as its matrix, and the interval is normal with the variance of the influences (Rippl, Munk, Sturm 2016).
    /// It holds the value that samples of these counts give on average, bias included; where both distributions are nearly equal it is too wide, because the linear
    /// term vanishes there.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    public static Estimate Measure(Tensor real, Tensor fake)
    {
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: 2);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = (real.detach().cpu().to(ScalarType.Float64), fake.detach().cpu().to(ScalarType.Float64));
        using var first = new FeatureMoments();
        using var second = new FeatureMoments();
        first.Add(x);
        second.Add(y);
        var (toFake, toReal) = TransportMaps(first.Covariance, second.Covariance);
        var difference = first.Mean - second.Mean;
        return new WeightedMeans(Between(first, second), (1, Influences(x - first.Mean, difference, toFake)), (1, Influences(y - second.Mean, -difference, toReal))).Normal();
    }

    /// <summary>The distance of moments, for features that don't fit into memory.</summary>
    /// <param name="real">Moments of at least 2 real samples.</param>
    /// <param name="fake">Moments of at least 2 generated samples with as many features.</param>
    /// <returns>The distance in the features' unit squared, at least 0, without an interval, which moments alone don't give.</returns>
    /// <exception cref="ArgumentException">They have different numbers of features, or are of fewer than 2 samples.</exception>
    public static double Between(FeatureMoments real, FeatureMoments fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        foreach (var (moments, name) in new[] { (real, nameof(real)), (fake, nameof(fake)) })
            if (moments.Count < 2)
                throw new ArgumentException($"{name} must hold at least 2 samples but holds {moments.Count}.", name);
        if (real.Size != fake.Size)
            throw new ArgumentException($"fake must have as many features as real, {real.Size}, but has {fake.Size}.", nameof(fake));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (first, second) = (real.Covariance, fake.Covariance);
        // tr (Σ₁Σ₂)^½ is the nuclear norm of F₁ᵀF₂ for any factors Σ = F Fᵀ. Unlike the root of eigenvalues of a product, it is exact where N < d.
        var trace = linalg.svdvals(Factor(first).t().matmul(Factor(second))).sum();
        var distance = ((real.Mean - fake.Mean).square().sum() + first.trace() + second.trace() - 2 * trace).item<double>();
        return Math.Max(0, distance);
    }

    /// <summary>F with Σ = F Fᵀ, without columns that are rounding: Cholesky's where nothing is, at a tenth of the time.</summary>
    private static Tensor Factor(Tensor covariance)
    {
        var (lower, failure) = linalg.cholesky_ex(covariance);
        // A pivot is what the features before it leave of a variance; its rounding is relative to that variance.
        if (failure.item<int>() == 0 && lower.diagonal().square().gt(covariance.diagonal() * (Rounding * covariance.shape[0])).all().item<bool>())
            return lower;
        var (values, vectors) = linalg.eigh(covariance);
        var rank = (int)values.gt(Smallest(values)).sum().item<long>();
        var size = values.shape[0];
        return vectors.narrow(1, size - rank, rank) * values.narrow(0, size - rank, rank).sqrt();
    }

    private static double Smallest(Tensor values) => Rounding * values.shape[0] * Math.Max(0, values.max().item<double>());

    /// <summary>The matrices of the linear maps that carry one Gaussian to the other; on the range of the covariances, where they are singular.</summary>
    private static (Tensor ToSecond, Tensor ToFirst) TransportMaps(Tensor first, Tensor second)
    {
        var (root, inverseRoot) = Roots(first);
        var (rootOfProduct, inverseRootOfProduct) = Roots(root.matmul(second).matmul(root));
        return (inverseRoot.matmul(rootOfProduct).matmul(inverseRoot), root.matmul(inverseRootOfProduct).matmul(root));
    }

    /// <summary>The square root of a covariance and its inverse, on its range.</summary>
    private static (Tensor Root, Tensor Inverse) Roots(Tensor matrix)
    {
        var (values, vectors) = linalg.eigh((matrix + matrix.t()) / 2);
        var isInRange = values.gt(Smallest(values));
        Tensor Power(double exponent) => (vectors * where(isInRange, values.clamp_min(double.Epsilon).pow(exponent), zeros_like(values))).matmul(vectors.t());
        return (Power(0.5), Power(-0.5));
    }

    /// <summary>2 (μ₁ − μ₂)ᵀ(x − μ₁) + (x − μ₁)ᵀ(I − T)(x − μ₁) of each sample, less its mean.</summary>
    private static Tensor Influences(Tensor centered, Tensor difference, Tensor map)
    {
        var influences = 2 * centered.matmul(difference) + centered.square().sum(1) - (centered.matmul(map) * centered).sum(1);
        return influences - influences.mean();
    }
}
