using GanSharp.Data;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Memorization;

/// <summary>
/// The training samples that are nearest to each generated one: what to look at before one says that a generator makes something new. A generator that memorized has neighbors that
/// equal its samples. In pixels a shift by one hides that, so look in the features of a network, too.
/// </summary>
/// <param name="Distances">Euclidean distances of the features, the nearest first: float64 tensor of shape [N, k] on the CPU.</param>
/// <param name="Indexes">Which training samples they are, the first is 0: int64 tensor of shape [N, k] on the CPU. Of equal distances the lower index comes first.</param>
/// <remarks>
/// The distances of held-out samples tell whether a distance is small: <see cref="MemorizationShare"/>. A far neighbor doesn't prove that a sample is new, as the features may miss
/// what was copied. The caller, or its dispose scope, owns both tensors.
/// </remarks>
public readonly record struct NearestTrainingNeighbors(Tensor Distances, Tensor Indexes)
{
    private const int DefaultNeighbors = 5, BatchSize = 256;

    /// <summary>Searches features in memory.</summary>
    /// <param name="generated">Features of generated samples, float tensor of shape [N, d].</param>
    /// <param name="training">Features of training samples, shape [M, d], M ≥ k.</param>
    /// <param name="neighbors">k, at least 1. Default 5: enough to see several copies of one image in the data.</param>
    /// <returns>Distances and indexes of shape [N, k], where an index is a row of <paramref name="training"/>.</returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1.</exception>
    public static NearestTrainingNeighbors Find(Tensor generated, Tensor training, int neighbors = DefaultNeighbors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        FeatureCheck.ThrowIfUnusable(generated, nameof(generated), fewest: 1);
        FeatureCheck.ThrowIfUnusable(training, nameof(training), fewest: neighbors);
        if (training.shape[1] != generated.shape[1])
            throw new ArgumentException($"training must have as many features as generated, {generated.shape[1]}, but has {training.shape[1]}.", nameof(training));
        return NeighborSearch.Find(generated, [training], neighbors);
    }

    /// <summary>
    /// Searches a data set that needn't fit into memory: it is read once, a batch at a time, and only the features of the generated samples stay.
    /// </summary>
    /// <param name="generated">Generated samples, float tensor of shape [N, …].</param>
    /// <param name="training">The data that the generator was trained on; its held-out part isn't read. Indexes are places in its sequence of <paramref name="seed"/>.</param>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="neighbors">k, at least 1. Default 5.</param>
    /// <param name="seed">The sequence of <see cref="Dataset.Draw"/>, of which the first pass is read. Default 0.</param>
    /// <param name="cancellationToken">Ends the search with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Distances and indexes of shape [N, k], where an index is a place in the data's sequence, as <see cref="Read"/> takes it.</returns>
    /// <exception cref="ArgumentException">The samples have another type or shape, or there is no fixed number of training samples, or fewer than k.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="neighbors"/> is below 1.</exception>
    public static NearestTrainingNeighbors Find(
        Tensor generated, Dataset training, IFeatureExtractor? features = null, int neighbors = DefaultNeighbors, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        if (training.Count is not { } count)
            throw new ArgumentException($"training must have a fixed number of samples but every draw of '{training.Name}' is fresh, so there is nothing to memorize.", nameof(training));
        if (count < neighbors)
            throw new ArgumentException($"training must have at least {neighbors} samples but '{training.Name}' has {count}.", nameof(training));
        if (generated.dim() < 2 || !generated.is_floating_point() || generated.shape[0] < 1 || !generated.shape.Skip(1).SequenceEqual(training.SampleShape))
            throw new ArgumentException($"generated must be a float tensor of samples of shape {Shape.Format(training.SampleShape)} like '{training.Name}' but is {generated.dtype} of shape {Shape.Format(generated.shape)}.", nameof(generated));
        features ??= new PixelFeatures();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // In batches, as a network's activations of all at once could be too many.
        var queries = features.ExtractAll(generated.split(BatchSize).Select(piece => new Batch(piece, null)));
        FeatureCheck.ThrowIfUnusable(queries, nameof(generated), fewest: 1);
        IEnumerable<Tensor> Read()
        {
            for (long start = 0; start < count; start += BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return features.ExtractChecked(training.Read(seed, start, (int)Math.Min(BatchSize, count - start)).Samples.to(generated.device));
            }
        }
        var (distances, indexes) = NeighborSearch.Find(queries, Read(), neighbors);
        return new(distances.MoveToOuterDisposeScope(), indexes.MoveToOuterDisposeScope());
    }

    /// <summary>The neighbors themselves, for a picture (<c>ImageGrid.SaveNeighbors</c> of GanSharp.Reporting).</summary>
    /// <param name="training">The data set in which they were found.</param>
    /// <param name="seed">The seed with which they were found. Default 0.</param>
    /// <returns>Tensor of shape [N, k, …] on the CPU.</returns>
    /// <exception cref="ArgumentException">There are indexes that the data doesn't have.</exception>
    public Tensor Read(Dataset training, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(training);
        using var scope = NewDisposeScope();
        var largest = Indexes.max().item<long>();
        if (!(training.Count > largest))
            throw new ArgumentException($"training must be the data in which the neighbors were found, so have more than {largest} samples, but '{training.Name}' has {training.Count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no fixed number"}.", nameof(training));
        var samples = cat([.. Indexes.flatten().data<long>().ToArray().Select(index => training.Read(seed, index, 1).Samples)]);
        return samples.view([.. Indexes.shape, .. training.SampleShape]).MoveToOuterDisposeScope();
    }
}
