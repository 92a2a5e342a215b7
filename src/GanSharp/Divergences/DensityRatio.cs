using GanSharp.Data.Distributions;
using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>r(x) = p_d(x) / p_g(x) (eq. 1): as estimated by a discriminator, and exactly where both densities are known.</summary>
public static class DensityRatio
{
    /// <summary>ln r(x) = l(x) − ln(π / (1 − π)) (eqs. 4 and 5).</summary>
    /// <param name="logits">Logits, of any shape, of a discriminator trained with a share <paramref name="realShare"/> of real samples.</param>
    /// <param name="realShare">π = p(y = 1), in (0, 1). Default ½: as many real as generated samples.</param>
    /// <returns>Tensor of the logits' shape and type, in nats.</returns>
    public static Tensor Log(Tensor logits, double realShare = 0.5)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return logits - PriorLogOdds(realShare);
    }

    /// <summary>ln(π / (1 − π)), the difference between D's logit and ln r (eq. 4).</summary>
    internal static double PriorLogOdds(double realShare)
    {
        if (!(realShare is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(realShare), realShare, "realShare must lie between 0 and 1, both excluded.");
        return Math.Log(realShare / (1 - realShare));
    }

    /// <summary>ln p_d(x) − ln p_g(x): the logit of the optimal discriminator D* = p_d / (p_d + p_g) (eqs. 12 and 13).</summary>
    /// <param name="data">p_d.</param>
    /// <param name="generator">p_g.</param>
    /// <param name="samples">Where to evaluate it, shape [N, dimension].</param>
    /// <returns>Float64 tensor of shape [N].</returns>
    public static Tensor Log(IDensity data, IDensity generator, Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generator);
        using var scope = NewDisposeScope();
        return (data.LogDensity(samples) - generator.LogDensity(samples)).MoveToOuterDisposeScope();
    }
}
