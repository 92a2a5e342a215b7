using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Networks.Latents;

/// <summary>
/// Latent vectors on the way from some to others, for <c>generator.Sample(latents)</c>: the samples show whether a generator changes smoothly between two of its own, or copies and jumps.
/// </summary>
/// <example>
/// Four walks of nine images, one a row:
/// <code>
/// var (from, to) = (generator.Prior.Sample(4), generator.Prior.Sample(4));
/// var images = generator.Sample(LatentPath.Between(generator.Prior, from, to, steps: 9));
/// </code>
/// </example>
public static class LatentPath
{
    private const double Tiny = 1e-12;

    /// <summary>
    /// Along great circles, the length linearly (slerp, White 2016): for priors that look alike in all directions, such as <see cref="LatentPrior.Normal"/> and
    /// <see cref="LatentPrior.Hypersphere"/>. On a straight path between two normal vectors, the middle has a length that the prior almost never draws.
    /// </summary>
    /// <param name="from">Beginnings, a floating-point tensor of shape [N, d], d at least 2. Between exactly opposite vectors there is no single circle, and the path leads through 0.</param>
    /// <param name="to">Ends, of the same shape and type.</param>
    /// <param name="steps">Points of each path, the two ends included; at least 2.</param>
    /// <returns>Tensor of shape [N · steps, d] and the same type, path after path. Computed in float64.</returns>
    /// <exception cref="ArgumentException">The tensors don't fit each other.</exception>
    public static Tensor Spherical(Tensor from, Tensor to, int steps) => Points(from, to, steps, LatentInterpolation.Spherical);

    /// <summary>Along straight lines: for priors on a cube, such as <see cref="LatentPrior.Uniform"/>, and for the w of a StyleGAN.</summary>
    /// <param name="from">Beginnings, a floating-point tensor of shape [N, d].</param>
    /// <param name="to">Ends, of the same shape and type.</param>
    /// <param name="steps">Points of each path, the two ends included; at least 2.</param>
    /// <returns>Tensor of shape [N · steps, d] and the same type, path after path. Computed in float64.</returns>
    /// <exception cref="ArgumentException">The tensors don't fit each other.</exception>
    public static Tensor Linear(Tensor from, Tensor to, int steps) => Points(from, to, steps, LatentInterpolation.Linear);

    /// <summary>Spherical for <see cref="LatentPrior.Normal"/> and <see cref="LatentPrior.Hypersphere"/> of at least two values, else linear.</summary>
    /// <param name="prior">The prior from which the ends were drawn.</param>
    /// <param name="from">Beginnings, a floating-point tensor of shape [N, d].</param>
    /// <param name="to">Ends, of the same shape and type.</param>
    /// <param name="steps">Points of each path, the two ends included; at least 2.</param>
    /// <returns>Tensor of shape [N · steps, d] and the same type, path after path. Computed in float64.</returns>
    /// <exception cref="ArgumentException">The tensors don't fit each other.</exception>
    public static Tensor Between(LatentPrior prior, Tensor from, Tensor to, int steps)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return Points(from, to, steps, ShapeFor(prior));
    }

    /// <summary>The shape of a path that stays where the prior has its mass.</summary>
    internal static LatentInterpolation ShapeFor(LatentPrior prior) => prior.IsRound && prior.Size > 1 ? LatentInterpolation.Spherical : LatentInterpolation.Linear;

    /// <summary>The point at t.</summary>
    /// <param name="from">The points at 0, float64 of shape [N, d].</param>
    /// <param name="to">The points at 1, of the same shape.</param>
    /// <param name="t">Float64 of shape [N, 1].</param>
    /// <param name="interpolation">The path's shape; a great circle needs at least two dimensions.</param>
    internal static Tensor At(Tensor from, Tensor to, Tensor t, LatentInterpolation interpolation)
    {
        using var scope = NewDisposeScope();
        if (interpolation == LatentInterpolation.Linear)
            return (from + (to - from) * t).MoveToOuterDisposeScope();
        var (fromLength, toLength) = (Length(from), Length(to));
        var (start, end) = (from / fromLength, to / toLength);
        var cosine = (start * end).sum([1], keepdim: true).clamp(-1, 1);
        // Perpendicular to the start, in the plane of both; sin and cos of the angle t Ω are then the coordinates.
        var across = end - cosine * start;
        var angle = cosine.acos() * t;
        var direction = start * angle.cos() + across / Length(across) * angle.sin();
        return (direction * (fromLength + (toLength - fromLength) * t)).MoveToOuterDisposeScope();
    }

    private static Tensor Points(Tensor from, Tensor to, int steps, LatentInterpolation interpolation)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (from.dim() != 2 || !from.is_floating_point() || !to.shape.AsSpan().SequenceEqual(from.shape) || to.dtype != from.dtype)
            throw new ArgumentException($"from and to must be floating-point tensors of one type and one shape [N, d] but are {from.dtype} of shape {Shape.Format(from.shape)} and {to.dtype} of shape {Shape.Format(to.shape)}.", nameof(to));
        if (interpolation == LatentInterpolation.Spherical && from.size(1) < 2)
            throw new ArgumentException($"from must have at least 2 values a vector, or there is no great circle, but has shape {Shape.Format(from.shape)}. Use LatentPath.Linear.", nameof(from));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor Repeated(Tensor ends) => ends.to(ScalarType.Float64).repeat_interleave(steps, 0);
        var t = linspace(0, 1, steps, ScalarType.Float64, from.device).repeat(from.size(0)).unsqueeze(1);
        var points = At(Repeated(from), Repeated(to), t, interpolation).to(from.dtype).view(from.size(0), steps, from.size(1));
        // The ends themselves, without what acos and cos round.
        points.select(1, 0).copy_(from);
        points.select(1, steps - 1).copy_(to);
        return points.flatten(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Length(Tensor vectors) => vectors.square().sum([1], keepdim: true).sqrt().clamp_min(Tiny);
}
