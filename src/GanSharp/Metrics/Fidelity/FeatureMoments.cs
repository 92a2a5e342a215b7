using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Mean and covariance of features that are read once, batch by batch, in float64 (the pairwise update of Chan, Golub, LeVeque 1983). Memory for d² numbers,
/// whatever the number of samples.
/// </summary>
public sealed class FeatureMoments : IDisposable
{
    // Columns of one product: small enough to skip nearly half of the work, large enough that each product still runs at full speed.
    private const long ColumnsPerBlock = 256;

    private Tensor? mean, scatter;

    /// <summary>Samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Features per sample; 0 before the first batch.</summary>
    public long Size => mean?.shape[0] ?? 0;

    internal Tensor Mean => mean ?? throw new InvalidOperationException("There are no moments of no samples. Add some first.");

    /// <summary>The unbiased covariance, shape [d, d] (a divisor of N − 1).</summary>
    internal Tensor Covariance => Count > 1 ? (scatter!.triu() + scatter.triu(1).t()) / (Count - 1) : throw new InvalidOperationException($"A covariance needs at least 2 samples but there are {Count}.");

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
        var between = difference * Math.Sqrt((double)Count * added / (Count + added));
        AddUpper(cat([centered, between.unsqueeze(0)]));
        mean.add_(difference * ((double)added / (Count + added)));
        Count += added;
    }

    /// <summary>Adds RᵀR, which is symmetric, so only blocks on and right of the diagonal.</summary>
    private void AddUpper(Tensor rows)
    {
        for (long start = 0; start < Size; start += ColumnsPerBlock)
        {
            using var scope = NewDisposeScope();
            var (width, rest) = (Math.Min(ColumnsPerBlock, Size - start), Size - start);
            scatter!.narrow(0, start, width).narrow(1, start, rest).addmm_(rows.narrow(1, start, width).t(), rows.narrow(1, start, rest), 1, 1);
        }
    }

    /// <summary>Releases the moments.</summary>
    public void Dispose()
    {
        mean?.Dispose();
        scatter?.Dispose();
    }
}
