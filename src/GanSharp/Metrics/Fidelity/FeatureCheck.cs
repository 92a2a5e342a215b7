using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>What every metric of features requires of them.</summary>
internal static class FeatureCheck
{
    /// <summary>Refuses what can't be compared, by name.</summary>
    /// <param name="real">Features of real samples.</param>
    /// <param name="fake">Features of generated samples.</param>
    /// <param name="fewest">Samples that either side needs.</param>
    /// <exception cref="ArgumentException">They aren't float tensors of shape [N, d] with the same d, are too few, or hold NaN or infinity.</exception>
    public static void ThrowIfUnusable(Tensor real, Tensor fake, long fewest)
    {
        ThrowIfUnusable(real, nameof(real), fewest);
        ThrowIfUnusable(fake, nameof(fake), fewest);
        if (real.shape[1] != fake.shape[1])
            throw new ArgumentException($"fake must have as many features as real, {real.shape[1]}, but has {fake.shape[1]}.", nameof(fake));
    }

    /// <inheritdoc cref="ThrowIfUnusable(Tensor, Tensor, long)"/>
    public static void ThrowIfUnusable(Tensor features, string name, long fewest)
    {
        ArgumentNullException.ThrowIfNull(features, name);
        if (features.dim() != 2 || !features.is_floating_point() || features.shape[1] < 1)
            throw new ArgumentException($"{name} must be a float tensor of shape [N, d] but is {features.dtype} of shape {Shape.Format(features.shape)}.", name);
        if (features.shape[0] < fewest)
            throw new ArgumentException($"{name} must have at least {fewest} samples but has {features.shape[0]}.", name);
        using var scope = NewDisposeScope();
        if (!features.isfinite().all().item<bool>())
            throw new ArgumentException($"{name} must be finite but holds NaN or infinity.", name);
    }

    /// <summary>Both sides in float64 on the CPU, less their common mean, so that distances lose nothing to a common offset.</summary>
    public static (Tensor Real, Tensor Fake) Centered(Tensor real, Tensor fake)
    {
        var (x, y) = (real.detach().cpu().to(ScalarType.Float64), fake.detach().cpu().to(ScalarType.Float64));
        var center = x.mean([0]);
        return (x - center, y - center);
    }
}
