using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>KL(p_d‖p_g) ≥ E_pd[l] − ln E_pg[e^l] for every function l (Donsker and Varadhan 1983), tight for l = ln r + any constant.</summary>
public static class DonskerVaradhan
{
    /// <summary>
    /// The bound, estimated on samples. It is never below the dual of <see cref="FDivergence.KullbackLeibler"/> at the same l, and doesn't depend on shifts of l. But it is biased: the
    /// logarithm of a mean over M samples is too low, and so the bound too high, by about Var(e^l) / (2M E²[e^l]), which is (M/ESS − 1) / 2M. Where a
    /// bound must be valid, use the dual.
    /// </summary>
    /// <param name="realLogRatios">l at real samples that D was not trained on, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">l at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <returns>Nats; the interval is from linearization and doesn't include the bias.</returns>
    /// <exception cref="DiagnosticRefusedException">A few generated samples dominate E[e^l], or <see cref="ParetoTail"/> finds too heavy a tail.</exception>
    /// <exception cref="ArgumentException">A side has fewer than 2 log ratios.</exception>
    public static Estimate Bound(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        using var scope = NewDisposeScope();
        var (real, fake) = (realLogRatios.to(ScalarType.Float64), fakeLogRatios.to(ScalarType.Float64));
        ImportanceWeights.ThrowIfUnreliable("The Donsker-Varadhan bound", real, fake, realPower: 0, fakePower: 1,
            "Ask for FDivergence.KullbackLeibler.LowerBound with a logitLimit, or for Jensen-Shannon.");
        var logMean = fake.logsumexp(0) - Math.Log(fake.numel());
        return new WeightedMeans(1 - logMean.item<double>(), (1, real), (-1, (fake - logMean).exp())).SkewCorrected();
    }
}
