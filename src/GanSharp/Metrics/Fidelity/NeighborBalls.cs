using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>Balls around points that reach to their k-th nearest neighbor, and which other points lie in them. Distances are computed in blocks, so memory stays small.</summary>
internal static class NeighborBalls
{
    // 1,024 rows of 10,000 columns in float64 are 82 MB.
    private const long RowsPerBlock = 1_024;

    /// <summary>Distance of each point to its k-th nearest neighbor among the others, shape [N].</summary>
    public static Tensor Radii(Tensor points, int neighbors) => Blocks(points, points, (distances, start) =>
    {
        // Each point is its own nearest, whatever rounding makes of the distance.
        distances.diagonal(start).fill_(double.PositiveInfinity);
        return distances.kthvalue(neighbors, 1).values;
    });

    /// <summary>For each of the others, in how many balls it lies, shape [M].</summary>
    /// <param name="centers">Shape [N, d].</param>
    /// <param name="radii">Shape [N].</param>
    /// <param name="others">Shape [M, d].</param>
    /// <param name="closed">Whether a point on the sphere lies in the ball.</param>
    public static Tensor Counts(Tensor centers, Tensor radii, Tensor others, bool closed) =>
        Blocks(others, centers, (distances, _) => (closed ? distances.le(radii) : distances.lt(radii)).sum(1).to(ScalarType.Float64));

    /// <summary>For each center, whether its ball holds any of the others: 1 or 0, shape [N].</summary>
    /// <inheritdoc cref="Counts"/>
    public static Tensor Reached(Tensor centers, Tensor radii, Tensor others, bool closed) => Blocks(centers, others, (distances, start) =>
    {
        var nearest = distances.amin([1]);
        var own = radii.narrow(0, start, nearest.shape[0]);
        return (closed ? nearest.le(own) : nearest.lt(own)).to(ScalarType.Float64);
    });

    private static Tensor Blocks(Tensor rows, Tensor columns, Func<Tensor, long, Tensor> reduce)
    {
        using var scope = NewDisposeScope();
        var (transposed, squares) = (columns.t(), columns.square().sum(1));
        var results = new List<Tensor>();
        for (long start = 0; start < rows.shape[0]; start += RowsPerBlock)
        {
            using var block = NewDisposeScope();
            var part = rows.narrow(0, start, Math.Min(RowsPerBlock, rows.shape[0] - start));
            var distances = part.matmul(transposed).mul_(-2).add_(squares).add_(part.square().sum(1, keepdim: true)).clamp_min_(0).sqrt_();
            results.Add(reduce(distances, start).MoveToOuterDisposeScope());
        }
        return cat(results).MoveToOuterDisposeScope();
    }
}
