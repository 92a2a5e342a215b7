using GanSharp.Communication;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Players;

/// <summary>Mean and variance of each channel.</summary>
internal static class RankStatistics
{
    /// <summary>Up to so many ranks one exchange brings the statistics of each; of more, two bring their means, whose size doesn't grow with the ranks.</summary>
    public const int MostGathered = 16;

    /// <summary>Of this rank's values, without a graph. torch's batch norm computes them several times as fast as <c>var</c>.</summary>
    public static (Tensor Mean, Tensor Variance) Own(Tensor values)
    {
        using var frozen = no_grad();
        var count = values.numel() / values.shape[1];
        Tensor PerChannel() => zeros(values.shape[1], values.dtype, values.device);
        var (mean, variance) = (PerChannel(), PerChannel());
        if (count == 1)
            return (mean.copy_(values.flatten()), variance);
        using (NewDisposeScope())
            // Its running statistics become those of the batch, the variance unbiased.
            _ = functional.batch_norm(values.detach(), mean, variance, training: true, momentum: 1);
        return (mean, variance.mul_((count - 1) / (double)count));
    }

    /// <summary>Of all ranks, from each rank's own and as large a batch on each. Differences of means, and not of squares, which would cancel.</summary>
    public static (Tensor Mean, Tensor Variance) OfAll(Tensor ownMean, Tensor ownVariance)
    {
        if (AcrossRanks.Size > MostGathered)
        {
            var mean = AcrossRanks.Mean(ownMean);
            return (mean, AcrossRanks.Mean(ownVariance + (ownMean - mean).square()));
        }
        var all = AcrossRanks.Gather(stack([ownMean, ownVariance]));
        var (means, variances) = (all.select(1, 0), all.select(1, 1));
        var center = means.mean([0]);
        return (center, variances.mean([0]) + (means - center).square().mean([0]));
    }
}
