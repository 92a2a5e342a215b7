using System.Globalization;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>How many samples really carry a mean of unbounded weights.</summary>
internal static class ImportanceWeights
{
    /// <summary>
    /// Below this a 95% interval of the mean no longer holds. Measured for log-normal ratios (N(0, 1) against N(μ, 1)) with the skewness corrected,
    /// coverage is 91–95% from 200 effective samples on, 90–93% at 80, 87–90% at 30, always by missing the heavy tail and so putting the mean too low.
    /// </summary>
    public const double FewestEffectiveSamples = 100;

    /// <summary>(Σw)² / Σw² for w = e^l (Kish 1965), from 1 to the number of samples; no weight overflows.</summary>
    /// <param name="logWeights">ln w, float64, any shape.</param>
    public static double EffectiveSamples(Tensor logWeights)
    {
        using var scope = NewDisposeScope();
        var flat = logWeights.flatten();
        return Math.Exp((2 * flat.logsumexp(0) - (2 * flat).logsumexp(0)).item<double>());
    }

    /// <summary>Refuses a mean of e^(power · l) that a few samples dominate.</summary>
    /// <param name="quantity">What was asked for.</param>
    /// <param name="logRatios">l, float64.</param>
    /// <param name="power">0 for terms that don't grow exponentially, which are never refused.</param>
    /// <param name="side">Whose samples these are.</param>
    /// <exception cref="DiagnosticRefusedException">Fewer than <see cref="FewestEffectiveSamples"/> effective samples.</exception>
    public static void ThrowIfDegenerate(string quantity, Tensor logRatios, double power, string side)
    {
        if (power == 0)
            return;
        using var scope = NewDisposeScope();
        var effective = EffectiveSamples(power * logRatios);
        if (!(effective >= FewestEffectiveSamples))
            throw new DiagnosticRefusedException(string.Create(CultureInfo.InvariantCulture,
                $"{quantity} averages e^({power:0.###}·l) over {logRatios.numel()} {side} samples, of which only {effective:0.#} count (effective sample size), ")
                + string.Create(CultureInfo.InvariantCulture, $"fewer than {FewestEffectiveSamples:0}. Take more samples, calibrate the logits (LogitCalibration), ")
                + "or ask for a divergence whose terms don't grow exponentially: Jensen-Shannon or total variation.");
    }
}
