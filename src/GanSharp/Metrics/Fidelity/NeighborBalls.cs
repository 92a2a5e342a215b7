using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Balls around points that reach to their k-th nearest neighbor, and which other points lie in them. Each is also computed without each tenth of the points, from which
/// <see cref="GroupJackknife"/> knows how much the result depends on those that happen to be there. Distances are computed once, in blocks, so memory stays small.
/// </summary>
internal static class NeighborBalls
{
    // 128 rows of 10,000 columns in float64 are 10 MB, which stays in the cache while each group is counted.
    private const long RowsPerBlock = 128;
    private const int Groups = GroupJackknife.Groups;

    /// <summary>
    /// Distance of each point to its k-th nearest neighbor among the others, shape [N, 1 + groups]: with all points, and without each group. Where a point is left out
    /// itself, its ball holds nothing.
    /// </summary>
    public static Tensor Radii(Tensor points, int neighbors)
    {
        // Enough that of k + 8 more almost surely k remain without a tenth.
        var kept = (int)Math.Min(points.shape[0] - 1, 2 * neighbors + 8);
        return Blocks(points, points, (distances, start) =>
        {
            // Each point is its own nearest, whatever rounding makes of the distance.
            distances.diagonal(start).fill_(double.PositiveInfinity);
            var (nearest, indexes) = distances.topk(kept, 1, largest: false, sorted: true);
            var (groups, own) = (indexes.remainder(Groups), arange(start, start + nearest.shape[0]).remainder(Groups));
            Tensor Without(int group)
            {
                var rank = groups.ne(group).to(ScalarType.Int64).cumsum(1);
                // The first place where k remain; the last one that is known where they don't.
                var place = rank.lt(neighbors).to(ScalarType.Int64).sum([1]).clamp_max(kept - 1);
                return where(own.eq(group), full_like(own, -1, ScalarType.Float64), nearest.gather(1, place.unsqueeze(1)).squeeze(1));
            }
            return stack([nearest.select(1, neighbors - 1), .. Enumerable.Range(0, Groups).Select(Without)], 1);
        });
    }

    /// <summary>For each of the others, in how many balls it lies, shape [M, 1 + groups].</summary>
    /// <param name="centers">Shape [N, d].</param>
    /// <param name="radii">Shape [N, 1 + groups].</param>
    /// <param name="others">Shape [M, d].</param>
    /// <param name="closed">Whether a point on the sphere lies in the ball.</param>
    public static Tensor Counts(Tensor centers, Tensor radii, Tensor others, bool closed)
    {
        using var scope = NewDisposeScope();
        var rows = radii.t().contiguous();
        Tensor Count(Tensor distances, Tensor limits)
        {
            using var isIn = closed ? distances.le(limits) : distances.lt(limits);
            // In 32 bits, which are added five times as fast as torch's default of 64.
            return isIn.sum([1], type: ScalarType.Int32).to(ScalarType.Float64);
        }
        return Blocks(others, centers, (distances, _) => stack([.. Enumerable.Range(0, 1 + Groups).Select(group => Count(distances, rows.select(0, group)))], 1)).MoveToOuterDisposeScope();
    }

    /// <summary>For each center, the distance of the nearest of the others in each group, shape [N, groups].</summary>
    /// <inheritdoc cref="Counts"/>
    public static Tensor Nearest(Tensor centers, Tensor others) => Blocks(centers, others, (distances, _) =>
    {
        var missing = (Groups - distances.shape[1] % Groups) % Groups;
        var whole = missing == 0 ? distances : nn.functional.pad(distances, [0, missing], value: double.PositiveInfinity);
        return whole.view(whole.shape[0], -1, Groups).amin([1]);
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
