using static TorchSharp.torch;

namespace GanSharp.Estimates;

/// <summary>A share with Wilson's interval (1927), which keeps to [0, 1] and doesn't shrink to a point at its ends, as the normal interval does.</summary>
internal static class Proportion
{
    /// <summary>The share of samples that are 1.</summary>
    /// <param name="hits">1 or 0 for each sample, float64.</param>
    public static Estimate Of(Tensor hits) => Wilson(hits.mean().item<double>(), hits.numel(), hits.numel());

    /// <param name="share">The share that was observed.</param>
    /// <param name="effectiveCount">How many samples of equal weight would know it as well.</param>
    /// <param name="count">How many there are.</param>
    public static Estimate Wilson(double share, double effectiveCount, long count)
    {
        var squared = Estimate.NormalQuantile * Estimate.NormalQuantile / effectiveCount;
        var center = (share + squared / 2) / (1 + squared);
        var half = Math.Sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared);
        // At 0 and 1 rounding may put an end on the wrong side.
        return new Estimate(share, Math.Min(share, center - half), Math.Max(share, center + half), count);
    }
}
