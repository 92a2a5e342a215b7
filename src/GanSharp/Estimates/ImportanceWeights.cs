using System.Globalization;
using static TorchSharp.torch;

namespace GanSharp.Estimates;

/// <summary>Whether samples are enough for a mean of unbounded weights and its interval.</summary>
internal static class ImportanceWeights
{
    /// <summary>
    /// Below this number a 95% interval of the mean no longer covers at 95%, however light the tail. Measured for log-normal ratios (N(0, 1) against N(μ, 1)) with the
    /// skewness corrected, coverage is 91–95% from 200 effective samples on, 90–93% at 80, 87–90% at 30; the samples miss the heavy tail, which
    /// makes the mean too low.
    /// </summary>
    public const double FewestEffectiveSamples = 100;

    private const string NoFaultOfD = "Two distributions can have such tails at the true ratio, so this says nothing against D. ";

    /// <summary>(Σw)² / Σw² for w = e^l (Kish 1965), from 1 to the number of samples; no weight overflows.</summary>
    /// <param name="logWeights">ln w, float64, any shape.</param>
    public static double EffectiveSamples(Tensor logWeights)
    {
        using var scope = NewDisposeScope();
        var flat = logWeights.flatten();
        return Math.Exp((2 * flat.logsumexp(0) - (2 * flat).logsumexp(0)).item<double>());
    }

    /// <summary>Refuses the mean of e^(realPower · l) over real samples, or of e^(fakePower · l) over generated ones, where no interval for it would be valid.</summary>
    /// <param name="quantity">The requested quantity.</param>
    /// <param name="real">l at real samples, float64.</param>
    /// <param name="fake">l at generated samples, float64.</param>
    /// <param name="realPower">0 for terms that don't grow exponentially, which are never refused.</param>
    /// <param name="fakePower">The same for generated samples.</param>
    /// <param name="wayOut">What to use instead.</param>
    /// <exception cref="DiagnosticRefusedException">Fewer than <see cref="FewestEffectiveSamples"/> effective samples, or too heavy a tail.</exception>
    public static void ThrowIfUnreliable(string quantity, Tensor real, Tensor fake, double realPower, double fakePower, string wayOut)
    {
        var tail = HeavyTail(real, "real", realPower, fake, "generated", 2 * realPower + 1) ?? HeavyTail(fake, "generated", fakePower, real, "real", 2 * fakePower - 1);
        ThrowIfFewEffective(quantity, real, realPower, "real", tail, wayOut);
        ThrowIfFewEffective(quantity, fake, fakePower, "generated", tail, wayOut);
        if (tail is not null)
            throw new DiagnosticRefusedException($"{quantity} has no interval: {tail}{wayOut}");
    }

    /// <summary>
    /// Why there is no valid interval for the mean of e^(power · l) over samples of one side; null where there is one. Its variance must exist and be measurable. Where l is
    /// close to the log ratio, the second moment is itself a mean on the other side, E_pg[e^2l] = E_pd[e^l], whose samples reach the decisive tail. This is a far sharper
    /// test than one on the samples whose mean is taken, and it doesn't select among those by their values.
    /// </summary>
    public static string? HeavyTail(Tensor own, string side, double power, Tensor other, string otherSide, double otherPower)
    {
        if (power == 0)
            return null;
        var shape = ParetoTail.Shape(own * power);
        if (!(shape <= ParetoTail.LargestShape(own.numel())))
            return Describe(shape, own, side, power, "");
        if (otherPower == 0)
            return null;
        var second = ParetoTail.Shape(other * otherPower);
        return second <= ParetoTail.LargestShape(other.numel()) ? null : Describe(second, other, otherSide, otherPower, $"its variance is the mean of e^({Format(otherPower)}·l), and ");
    }

    private static string Describe(double shape, Tensor samples, string side, double power, string consequence) => string.Create(CultureInfo.InvariantCulture,
        $"{consequence}the tail of e^({Format(power)}·l) over {samples.numel()} {side} samples is too heavy for a mean to be read from so many (Pareto k̂ = {shape:0.00}, above {ParetoTail.LargestShape(samples.numel()):0.00}). ") + NoFaultOfD;

    private static void ThrowIfFewEffective(string quantity, Tensor logRatios, double power, string side, string? tail, string wayOut)
    {
        if (power == 0)
            return;
        using var scope = NewDisposeScope();
        var effective = EffectiveSamples(power * logRatios);
        if (!(effective >= FewestEffectiveSamples))
            throw new DiagnosticRefusedException(string.Create(CultureInfo.InvariantCulture,
                $"{quantity} averages e^({Format(power)}·l) over {logRatios.numel()} {side} samples, of which only {effective:0.#} count (effective sample size), ")
                + string.Create(CultureInfo.InvariantCulture, $"fewer than {FewestEffectiveSamples:0}. ")
                + (tail is null ? "Take more samples, or calibrate the logits (PlattScaling). " : $"{char.ToUpperInvariant(tail[0])}{tail[1..]}") + wayOut);
    }

    private static string Format(double power) => power.ToString("0.###", CultureInfo.InvariantCulture);
}
