using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>Points of a path between latent vectors, in float64.</summary>
internal static class LatentPath
{
    private const double Tiny = 1e-12;

    /// <summary>The point at t.</summary>
    /// <param name="from">The points at 0, float64 of shape [N, d].</param>
    /// <param name="to">The points at 1, of the same shape.</param>
    /// <param name="t">Float64 of shape [N, 1].</param>
    /// <param name="interpolation">The path's shape; a great circle needs at least two dimensions.</param>
    public static Tensor At(Tensor from, Tensor to, Tensor t, LatentInterpolation interpolation)
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

    private static Tensor Length(Tensor vectors) => vectors.square().sum([1], keepdim: true).sqrt().clamp_min(Tiny);
}
