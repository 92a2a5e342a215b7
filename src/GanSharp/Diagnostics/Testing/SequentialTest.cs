using System.Globalization;
using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Testing;

/// <summary>
/// Tests whether D distinguishes real from generated samples. The test is updated with every pair, and remains valid however often you check it: an e-process (Ramdas et al. 2023).
/// E is the product over the pairs of 2σ(l_real) · 2σ(−l_fake), so ln E per pair is on average twice the JS bound of D, and max E ≥ 1/α rejects p_d = p_g.
/// </summary>
/// <remarks>
/// Valid where D was fixed before the pairs were drawn and the pairs are independent. Then under p_d = p_g each factor has the mean
/// 4 E[D] (1 − E[D]) ≤ 1, so E is a nonnegative supermartingale that starts at 1, and P(max E ≥ 1/α) ≤ α (Ville 1939).
/// </remarks>
public sealed class SequentialTest
{
    // The mean excess of a Gaussian random walk over a boundary, in standard deviations of a step: −ζ(½)/√(2π) (Siegmund 1985).
    private const double Overshoot = 0.5825971579390107;
    private const double ConventionalPower = 0.8;

    /// <summary>Creates a test without samples.</summary>
    /// <param name="level">α, the probability of ever rejecting if p_d = p_g, in (0, 1). Default 0.05.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> doesn't lie between 0 and 1, both excluded.</exception>
    public SequentialTest(double level = 0.05)
    {
        if (!(level is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "level must lie between 0 and 1, both excluded.");
        Level = level;
    }

    /// <summary>α, the probability of ever rejecting if p_d = p_g, above 0 and below 1.</summary>
    public double Level { get; }

    /// <summary>Pairs of a real and a generated sample so far.</summary>
    public long Pairs { get; private set; }

    /// <summary>ln E now.</summary>
    public double LogEValue { get; private set; }

    /// <summary>The largest ln E so far; at least 0, the value without pairs.</summary>
    public double MaximumLogEValue { get; private set; }

    /// <summary>min(1, 1 / max E), above 0 and at most 1: a p-value that is valid whenever you check it and whenever you stop.</summary>
    public double PValue => Math.Exp(-MaximumLogEValue);

    /// <summary>Whether p_d = p_g is rejected at <see cref="Level"/>. Once true it stays true.</summary>
    public bool IsDistinguishable => MaximumLogEValue >= -Math.Log(Level);

    /// <summary>Adds fresh pairs.</summary>
    /// <param name="realLogRatios">D's ln p_d/p_g at real samples that neither D nor this test has used, shape [N].</param>
    /// <param name="fakeLogRatios">The same at fresh generated samples, shape [N].</param>
    /// <exception cref="ArgumentException">The shapes don't match, or a value is NaN.</exception>
    public void Add(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        ArgumentNullException.ThrowIfNull(realLogRatios);
        ArgumentNullException.ThrowIfNull(fakeLogRatios);
        if (realLogRatios.dim() != 1 || !realLogRatios.shape.SequenceEqual(fakeLogRatios.shape))
            throw new ArgumentException($"realLogRatios and fakeLogRatios must have one shape [N] but have {Tensors.Shape.Format(realLogRatios.shape)} and {Tensors.Shape.Format(fakeLogRatios.shape)}.", nameof(fakeLogRatios));
        if (realLogRatios.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var path = Increments(realLogRatios, fakeLogRatios).cumsum(0);
        var (last, highest) = (path[-1].item<double>(), path.max().item<double>());
        if (double.IsNaN(last))
            throw new ArgumentException("The log ratios must be numbers but one is NaN.", nameof(realLogRatios));
        MaximumLogEValue = Math.Max(MaximumLogEValue, LogEValue + highest);
        LogEValue += last;
        Pairs += realLogRatios.numel();
    }

    /// <summary>
    /// The probability that <see cref="Pairs"/> pairs would have led to a rejection, if D's bound on the divergence of p_d and p_g were
    /// <paramref name="divergence"/>. If D isn't optimal, its bound is less than their divergence, and the power depends on the bound.
    /// </summary>
    /// <param name="divergence">δ = B in nats, in (0, ln 2].</param>
    /// <returns>
    /// An approximation: ln E is treated as Brownian motion with drift 2δ per pair and variance 4δ, which is exact to first order in δ for D*, with
    /// Siegmund's correction for discrete pairs. In simulations it is off by at most 0.04 for Gaussians a tenth to a whole standard deviation apart (δ from 0.001 to 0.11).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="divergence"/> isn't above 0 and at most ln 2.</exception>
    public double Power(double divergence)
    {
        if (!(divergence is > 0 and <= JensenShannon.Maximum))
            throw new ArgumentOutOfRangeException(nameof(divergence), divergence, "divergence must be above 0 and at most ln 2.");
        return Power(divergence, Pairs, Level);
    }

    /// <summary>The smallest bound that <see cref="Pairs"/> pairs detect with the given power; infinite where not even disjoint distributions are detected.</summary>
    /// <param name="power">In (<see cref="Level"/>, 1). Default 0.8, by convention.</param>
    /// <returns>Nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="power"/> doesn't lie between <see cref="Level"/> and 1, both excluded.</exception>
    public double DetectableDivergence(double power = ConventionalPower)
    {
        if (!(power > Level && power < 1))
            throw new ArgumentOutOfRangeException(nameof(power), power, $"power must lie between the level {Level} and 1, both excluded.");
        if (Power(JensenShannon.Maximum) < power)
            return double.PositiveInfinity;
        double low = 0, high = JensenShannon.Maximum;
        while (high - low > 1e-6 * high)
        {
            var middle = (low + high) / 2;
            (low, high) = Power(middle) < power ? (middle, high) : (low, middle);
        }
        return high;
    }

    /// <summary>"Still distinguishable at level 0.05 (p = 0.0012 after 250 pairs)." or what this many pairs would have detected.</summary>
    public override string ToString() => IsDistinguishable
        ? string.Create(CultureInfo.InvariantCulture, $"Still distinguishable at level {Level} (p = {PValue:g2} after {Pairs:N0} pairs).")
        : string.Create(CultureInfo.InvariantCulture, $"Indistinguishable so far at {Pairs:N0} pairs")
            + (DetectableDivergence() is var least && double.IsFinite(least)
                ? string.Create(CultureInfo.InvariantCulture, $", with power {ConventionalPower} against a divergence of which D bounds at least {least:0.0000} nats.")
                : ", too few to find any divergence.");

    /// <summary>ln(2σ(l_real)) + ln(2σ(−l_fake)) per pair, float64, of the arguments' shape.</summary>
    internal static Tensor Increments(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        using var scope = NewDisposeScope();
        return (ValueFunction.LogProbability(realLogRatios) + ValueFunction.LogProbability(-fakeLogRatios) + 2 * JensenShannon.Maximum).MoveToOuterDisposeScope();
    }

    /// <summary>P(max over n pairs of ln E ≥ ln 1/α), the first passage of Brownian motion (inverse Gaussian distribution).</summary>
    private static double Power(double divergence, long pairs, double level)
    {
        if (pairs == 0)
            return 0;
        var drift = 2 * divergence;
        var variance = 2 * drift;
        var boundary = -Math.Log(level) + Overshoot * Math.Sqrt(variance);
        var deviation = Math.Sqrt(variance * pairs);
        var reached = NormalDistribution((drift * pairs - boundary) / deviation);
        var reflected = Math.Exp(2 * drift * boundary / variance) * NormalDistribution(-(drift * pairs + boundary) / deviation);
        return Math.Min(1, reached + reflected);
    }

    private static double NormalDistribution(double value)
    {
        using var scope = NewDisposeScope();
        return special.ndtr(tensor(value)).item<double>();
    }
}
