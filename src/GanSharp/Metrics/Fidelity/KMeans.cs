using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>Lloyd's k-means from centers that are far apart (k-means++, Arthur and Vassilvitskii 2007).</summary>
internal static class KMeans
{
    private const int MostIterations = 100;
    private const long RowsPerBlock = 16_384;

    /// <summary>The cluster of each point, from 0 to <paramref name="clusters"/> − 1: int64 of shape [N].</summary>
    /// <param name="points">Float64, shape [N, d].</param>
    /// <param name="clusters">Centers, at most N.</param>
    /// <param name="random">Chooses the first centers.</param>
    public static Tensor Labels(Tensor points, int clusters, Generator random)
    {
        using var scope = NewDisposeScope();
        var centers = FarCenters(points, clusters, random);
        var labels = Nearest(points, centers);
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            using var step = NewDisposeScope();
            var sums = zeros_like(centers).index_add_(0, labels, points, 1);
            var counts = labels.bincount(null, minlength: clusters).unsqueeze(1);
            // A center without points stays where it is.
            centers.copy_(where(counts.gt(0), sums / counts.clamp_min(1), centers));
            var moved = Nearest(points, centers);
            if (moved.eq(labels).all().item<bool>())
                break;
            labels.copy_(moved);
        }
        return labels.MoveToOuterDisposeScope();
    }

    private static Tensor FarCenters(Tensor points, int clusters, Generator random)
    {
        using var scope = NewDisposeScope();
        var centers = zeros([clusters, points.shape[1]], ScalarType.Float64);
        var distances = ones(points.shape[0], ScalarType.Float64);
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            using var step = NewDisposeScope();
            // Where all points coincide with centers, any is as good.
            var weights = distances.sum().item<double>() > 0 ? distances : ones_like(distances);
            var center = points.index_select(0, weights.multinomial(1, generator: random)).squeeze(0);
            centers[cluster] = center;
            var nearer = (points - center).square().sum(1);
            distances.copy_(cluster == 0 ? nearer : minimum(distances, nearer));
        }
        return centers.MoveToOuterDisposeScope();
    }

    private static Tensor Nearest(Tensor points, Tensor centers)
    {
        using var scope = NewDisposeScope();
        // ‖x − c‖² less ‖x‖², which is the same for all centers.
        var (transposed, squares) = (centers.t() * -2, centers.square().sum(1));
        return cat([.. points.split(RowsPerBlock).Select(block => (block.matmul(transposed) + squares).argmin(1))]).MoveToOuterDisposeScope();
    }
}
