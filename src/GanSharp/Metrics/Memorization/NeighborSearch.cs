using GanSharp.Metrics.Fidelity;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Memorization;

/// <summary>
/// The k nearest of any number of points, block by block, so that memory stays small however many there are. A matrix product finds candidates, whose distances are then
/// computed from differences: so a copy has a distance of exactly 0, and equal points have equal distances, where rounding of the product would decide.
/// </summary>
internal static class NeighborSearch
{
    // 4 million values are 32 MB in float64.
    private const long ValuesPerBlock = 1 << 22, MostRows = 1_024, MostColumns = 4_096;

    // Candidates beyond k, so that rounding rarely leaves a doubt about the k-th.
    private const int Spare = 8;

    // Of float64.
    private const double Rounding = 1.0 / (1L << 52);

    /// <param name="queries">Those whose neighbors are wanted, float tensor of shape [N, d].</param>
    /// <param name="blocks">The points, in tensors of shape [M, d], each of which is used before the next is asked for; k at least in all.</param>
    /// <param name="neighbors">k.</param>
    /// <exception cref="ArgumentException">A point holds NaN or infinity.</exception>
    public static NearestTrainingNeighbors Find(Tensor queries, IEnumerable<Tensor> blocks, int neighbors)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var rows = queries.detach().cpu().to(ScalarType.Float64);
        var center = rows.mean([0], keepdim: true);
        var (rowsPerBlock, columnsPerBlock) = BlockSizes(rows.shape[1], neighbors);
        var parts = rows.split(rowsPerBlock);
        var best = parts.Select(part => (Squares: full([part.shape[0], neighbors], double.PositiveInfinity, ScalarType.Float64), Indexes: zeros([part.shape[0], neighbors], ScalarType.Int64))).ToArray();
        long seen = 0;
        using var reading = blocks.GetEnumerator();
        while (true)
        {
            using var block = NewDisposeScope();
            if (!reading.MoveNext())
                break;
            FeatureCheck.ThrowIfUnusable(reading.Current, "training", fewest: 1);
            foreach (var piece in reading.Current.split(columnsPerBlock))
            {
                var columns = piece.detach().cpu().to(ScalarType.Float64);
                foreach (var (index, part) in parts.Index())
                {
                    using var one = NewDisposeScope();
                    var found = Nearest(part, columns, center, neighbors);
                    Keep(best[index], found.Squares, found.Places + seen);
                }
                seen += columns.shape[0];
            }
        }
        return new(cat([.. best.Select(part => part.Squares)]).sqrt().MoveToOuterDisposeScope(), cat([.. best.Select(part => part.Indexes)]).MoveToOuterDisposeScope());
    }

    /// <summary>Puts the k nearest of those so far and some that come after them in place of those so far. A stable sort keeps lower indexes first.</summary>
    private static void Keep((Tensor Squares, Tensor Indexes) best, Tensor squares, Tensor indexes)
    {
        var neighbors = best.Squares.shape[1];
        var (sorted, order) = cat([best.Squares, squares], 1).sort(dim: 1, descending: false, stable: true);
        best.Squares.copy_(sorted.narrow(1, 0, neighbors));
        best.Indexes.copy_(cat([best.Indexes, indexes], 1).gather(1, order.narrow(1, 0, neighbors)));
    }

    /// <summary>The squared distances and the places of the nearest columns of each row, of equal ones the first.</summary>
    private static (Tensor Squares, Tensor Places) Nearest(Tensor rows, Tensor columns, Tensor center, int neighbors)
    {
        var count = (int)Math.Min(neighbors, columns.shape[0]);
        var candidates = (int)Math.Min(neighbors + Spare, columns.shape[0]);
        // A common offset would cost the product digits. Differences are of the values as they are, since centering rounds, and equal ones would no longer be.
        var (left, right) = (rows - center, columns - center);
        var (ofRows, ofColumns) = (left.square().sum([1]), right.square().sum([1]));
        var rounded = left.matmul(right.t()).mul_(-2).add_(ofColumns).add_(ofRows.unsqueeze(1));
        var (near, unordered) = rounded.topk(candidates, 1, largest: false, sorted: true);
        // In the order of the columns, which a stable sort keeps among equal distances.
        var (places, _) = unordered.sort(dim: 1);
        var (squares, order) = Squares(rows, columns.index_select(0, places.flatten()).view(rows.shape[0], candidates, -1)).sort(dim: 1, descending: false, stable: true);
        (squares, places) = (squares.narrow(1, 0, count).clone(), places.gather(1, order.narrow(1, 0, count)));
        if (candidates == columns.shape[0])
            return (squares, places);
        // No other column is nearer than the last candidate less what rounding can do to a product of d terms.
        var slack = 4 * columns.shape[1] * Rounding * (ofRows + ofColumns.max());
        var doubtful = near.select(1, candidates - 1).sub(squares.select(1, count - 1)).le(slack).nonzero().flatten();
        foreach (var row in doubtful.data<long>().ToArray())
        {
            using var one = NewDisposeScope();
            var (all, byDistance) = Squares(rows.narrow(0, row, 1), columns.unsqueeze(0)).sort(dim: 1, descending: false, stable: true);
            squares.narrow(0, row, 1).copy_(all.narrow(1, 0, count));
            places.narrow(0, row, 1).copy_(byDistance.narrow(1, 0, count));
        }
        return (squares, places);
    }

    /// <summary>Squared distances of rows [B, d] and others [B, C, d], by differences.</summary>
    private static Tensor Squares(Tensor rows, Tensor others) => (others - rows.unsqueeze(1)).square().sum([2]);

    private static (long Rows, long Columns) BlockSizes(long features, int neighbors) =>
        (Math.Clamp(ValuesPerBlock / (features * (neighbors + Spare)), 1, MostRows), Math.Clamp(ValuesPerBlock / features, 1, MostColumns));
}
