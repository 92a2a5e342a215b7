using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>A share with Wilson's interval (1927), which keeps to [0, 1] and is valid near its ends, where the normal interval has no width.</summary>
internal static class Proportion
{
    /// <param name="hits">1 or 0 for each sample.</param>
    public static Estimate Of(Tensor hits)
    {
        var (count, share) = (hits.numel(), hits.mean().item<double>());
        const double Square = Estimate.NormalQuantile * Estimate.NormalQuantile;
        var center = (share + Square / (2 * count)) / (1 + Square / count);
        var half = Estimate.NormalQuantile / (1 + Square / count) * Math.Sqrt(share * (1 - share) / count + Square / (4.0 * count * count));
        return new Estimate(share, Math.Min(share, center - half), Math.Max(share, center + half), count);
    }
}
