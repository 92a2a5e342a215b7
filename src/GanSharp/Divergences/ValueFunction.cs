using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>
/// What D maximizes, in nats: V(D) = E_pd[ln D(x)] + E_pg[ln(1 − D(x))] (eqs. 10 and 11), or its weighted form for another share of
/// real samples than ½ (eq. 9).
/// </summary>
public static class ValueFunction
{
    /// <summary>V(D) of eq. 11 on samples.</summary>
    /// <param name="realLogRatios">D's ln p_d/p_g at real samples, shape [N].</param>
    /// <param name="fakeLogRatios">The same at generated samples, shape [M]; M may differ from N, as each class keeps its own mean.</param>
    /// <returns>At most 0; −2 ln 2 for a D that always outputs ½.</returns>
    public static double Of(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        using var scope = NewDisposeScope();
        return LogProbability(realLogRatios).mean().item<double>() + LogProbability(-fakeLogRatios).mean().item<double>();
    }

    /// <summary>
    /// V_π(D) = π E_pd[ln D(x)] + (1 − π) E_pg[ln(1 − D(x))] on samples (eq. 9), where ln(D / (1 − D)) = ln r + ln(π / (1 − π)) (eq. 4).
    /// It is a mean over all samples where V(D) of eq. 11 is a sum of two means: at π = ½ it is half of V(D).
    /// </summary>
    /// <param name="realLogRatios">
    /// D's ln p_d/p_g at real samples, shape [N]; <see cref="DensityRatio.Log(Tensor, double)"/> gives it from logits of a D trained with the share π.
    /// </param>
    /// <param name="fakeLogRatios">The same at generated samples, shape [M].</param>
    /// <param name="realShare">π = p(y = 1), in (0, 1). It weighs the two class means; N / (N + M) is not used.</param>
    /// <returns>At most 0; −H(π), minus the entropy of the labels, for a D whose output is always π.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="realShare"/> is not in (0, 1).</exception>
    public static double Of(Tensor realLogRatios, Tensor fakeLogRatios, double realShare)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = Terms(realLogRatios, fakeLogRatios, realShare);
        return realShare * real.mean().item<double>() + (1 - realShare) * fake.mean().item<double>();
    }

    /// <summary>ln D at real and ln(1 − D) at generated samples, D having the prior π and its logits clipped to [−limit, limit].</summary>
    internal static (Tensor Real, Tensor Fake) Terms(
        Tensor realLogRatios, Tensor fakeLogRatios, double realShare, double logitLimit = double.PositiveInfinity)
    {
        var prior = DensityRatio.PriorLogOdds(realShare);
        Tensor Logits(Tensor logRatios) => (logRatios.to(ScalarType.Float64) + prior).clamp(-logitLimit, logitLimit);
        return (LogProbability(Logits(realLogRatios)), LogProbability(-Logits(fakeLogRatios)));
    }

    /// <summary>ln σ(l) per sample in float64, from logsigmoid, because softplus has a threshold above which it is off by 2e-9.</summary>
    internal static Tensor LogProbability(Tensor logits) => logits.to(ScalarType.Float64).log_sigmoid();
}
