using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Mean and covariance of features that are read once, batch by batch, in float64 (the pairwise update of Chan, Golub, LeVeque 1983). Memory for d² numbers,
/// whatever the number of samples.
/// </summary>
public sealed class FeatureMoments : IDisposable
{
    private Tensor? mean, scatter;

    /// <summary>Samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Features per sample; 0 before the first batch.</summary>
    public long Size => mean?.shape[0] ?? 0;

    internal Tensor Mean => mean ?? throw new InvalidOperationException("There are no moments of no samples. Add some first.");

    /// <summary>The unbiased covariance, shape [d, d] (a divisor of N − 1).</summary>
    internal Tensor Covariance => Count > 1 ? scatter! / (Count - 1) : throw new InvalidOperationException($"A covariance needs at least 2 samples but there are {Count}.");

    /// <summary>Adds a batch.</summary>
    /// <param name="features">Float tensor of shape [N, d], N ≥ 1, finite, with the same d as before.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public void Add(Tensor features)
    {
        FeatureCheck.ThrowIfUnusable(features, nameof(features), fewest: 1);
        if (mean is not null && features.shape[1] != Size)
            throw new ArgumentException($"features must have {Size} features per sample, as those before, but have {features.shape[1]}.", nameof(features));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var batch = features.detach().cpu().to(ScalarType.Float64);
        mean ??= zeros([batch.shape[1]], ScalarType.Float64).DetachFromDisposeScope();
        scatter ??= zeros([batch.shape[1], batch.shape[1]], ScalarType.Float64).DetachFromDisposeScope();
        var added = batch.shape[0];
        var batchMean = batch.mean([0]);
        var (centered, difference) = (batch - batchMean, batchMean - mean);
        scatter.addmm_(centered.t(), centered, 1, 1);
        var between = difference * Math.Sqrt((double)Count * added / (Count + added));
        scatter.addmm_(between.unsqueeze(1), between.unsqueeze(0), 1, 1);
        mean.add_(difference * ((double)added / (Count + added)));
        Count += added;
    }

    /// <summary>Releases the moments.</summary>
    public void Dispose()
    {
        mean?.Dispose();
        scatter?.Dispose();
    }
}
