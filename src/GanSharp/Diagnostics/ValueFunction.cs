using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>V(D) = E_pd[ln D(x)] + E_pg[ln(1 − D(x))] (eqs. 10 and 11), in nats, and the terms it is the mean of.</summary>
public static class ValueFunction
{
    /// <summary>V(D) on samples.</summary>
    /// <param name="realLogRatios">ln p_d/p_g as D states it at real samples, shape [N].</param>
    /// <param name="fakeLogRatios">The same at generated samples, shape [M]; M may differ from N, as each class keeps its own mean.</param>
    /// <returns>At most 0; −2 ln 2 for a D that always says ½.</returns>
    public static double Of(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        using var scope = NewDisposeScope();
        return LogProbability(realLogRatios).mean().item<double>() + LogProbability(-fakeLogRatios).mean().item<double>();
    }

    /// <summary>ln σ(l) a sample in float64, from logsigmoid: softplus has a threshold above which it errs by 2e-9.</summary>
    internal static Tensor LogProbability(Tensor logits) => logits.to(ScalarType.Float64).log_sigmoid();
}
