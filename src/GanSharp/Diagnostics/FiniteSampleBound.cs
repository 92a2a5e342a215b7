using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>A lower confidence bound of the divergence that assumes nothing of the logits' distribution and holds at every sample size.</summary>
internal static class FiniteSampleBound
{
    private const double FailureProbability = 0.05;

    /// <summary>
    /// With probability 95% at most JSD(p_d‖p_g): the empirical Bernstein bound (Maurer and Pontil 2009, theorem 4) of each class's mean, which are
    /// bounded because the logits are clipped to [−b, b]; a clipped logit is as valid as any.
    /// </summary>
    /// <param name="realLogRatios">Shape [N], N ≥ 2, at samples that neither training nor calibration has seen.</param>
    /// <param name="fakeLogRatios">Shape [M], M ≥ 2.</param>
    public static double JensenShannon(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        using var scope = NewDisposeScope();
        return Diagnostics.JensenShannon.Maximum + (LowerMean(realLogRatios) + LowerMean(-fakeLogRatios)) / 2;
    }

    private static double LowerMean(Tensor logits)
    {
        var count = logits.numel();
        // Clipping costs a perfect D about e^−b and the range term is some 10 b / n: the sum is least near b = ln(n / 10).
        var clip = Math.Max(1, Math.Log(count / 10.0));
        var terms = ValueFunction.LogProbability(logits.to(ScalarType.Float64).clamp(-clip, clip));
        // ln σ(b) − ln σ(−b) = b. Each class may fail half the time, and each theorem spends its δ on mean and variance.
        var logarithm = Math.Log(2 / (FailureProbability / 2));
        return terms.mean().item<double>() - Math.Sqrt(2 * terms.var().item<double>() * logarithm / count) - 7 * clip * logarithm / (3 * (count - 1));
    }
}
