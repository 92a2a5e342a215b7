using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>
/// The Jensen–Shannon divergence (Lin 1991) between data and generator in nats, from 0 (equal) to ln 2 (disjoint):
/// bounded from below by what any discriminator achieves, or computed where both densities are known.
/// </summary>
public static class JensenShannon
{
    /// <summary>ln 2, the divergence of distributions that share no point.</summary>
    public const double Maximum = 0.693147180559945309417;

    /// <summary>Negative values above this round to 0.0000.</summary>
    internal const double SmallestPrinted = -0.00005;

    private const double SaturatedShare = 0.9;
    private const int SamplesPerChunk = 10_000;

    /// <summary>
    /// The lower bound B = H(π) + V_π(D) ≤ JS_π(p_d‖p_g), which holds for every D and is tight for D* (eqs. 14 and 15), with a 95% interval.
    /// At π = ½ that is (V(D) + 2 ln 2) / 2 ≤ JSD(p_d‖p_g). JS_π is the information that a sample carries about its label.
    /// </summary>
    /// <param name="realLogRatios">
    /// D's ln p_d/p_g at real samples that D was not trained on, shape [N], N ≥ 2. At samples that D was trained on, the result is
    /// not a bound. The overload that takes the networks and the held-out data ensures this.
    /// </param>
    /// <param name="fakeLogRatios">The same at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <param name="realShare">
    /// π, the weight of the real class, in (0, 1), whatever N and M. Default ½. The bound saturates at H(π) = −π ln π − (1 − π) ln(1 − π).
    /// </param>
    /// <param name="interval">
    /// How the interval is computed. Default <see cref="IntervalMethod.Normal"/>, which suffices from a few hundred samples per side on. With the two methods that are valid at every sample count, the lower end is a 97.5% lower confidence limit of the divergence itself,
    /// at every sample count. The upper end limits only the bound and not the divergence: a better D may give more.
    /// </param>
    /// <param name="logitLimit">
    /// b of <see cref="IntervalMethod.Hoeffding"/> and <see cref="IntervalMethod.EmpiricalBernstein"/>, above 0; unused by the others. D's logits are clipped to
    /// [−b, b], which is another D and so another lower bound, whose terms span b. Default 6: a perfect D loses at most e⁻⁶ = 0.0025 nats by clipping.
    /// </param>
    /// <param name="seed">Determines the resamples of <see cref="IntervalMethod.Bootstrap"/>. Default 0.</param>
    /// <param name="arePairs">
    /// Whether the samples in the same places share something, such as the label that a conditional generator was asked for. The two sides then aren't independent, and the interval is that of a
    /// mean over pairs; N must be M. Default false.
    /// </param>
    /// <returns>The bound, not clipped: below 0 where D is worse than guessing. <see cref="Format"/> prints it clipped.</returns>
    /// <exception cref="ArgumentException">Fewer than two samples per side, or a value out of its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="realShare"/> doesn't lie between 0 and 1, or <paramref name="logitLimit"/> isn't finite and above 0.</exception>
    public static Estimate Bound(Tensor realLogRatios, Tensor fakeLogRatios, double realShare = 0.5,
        IntervalMethod interval = IntervalMethod.Normal, double logitLimit = 6, long seed = 0, bool arePairs = false)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        if (arePairs && !realLogRatios.shape.SequenceEqual(fakeLogRatios.shape))
            throw new ArgumentException($"Pairs need as many generated samples as real ones but the shapes are {Tensors.Shape.Format(fakeLogRatios.shape)} and {Tensors.Shape.Format(realLogRatios.shape)}.", nameof(fakeLogRatios));
        if (!(logitLimit > 0 && double.IsFinite(logitLimit)))
            throw new ArgumentOutOfRangeException(nameof(logitLimit), logitLimit, "logitLimit must be finite and above 0.");
        using var scope = NewDisposeScope();
        WeightedMeans Means(double limit)
        {
            var (real, fake) = ValueFunction.Terms(realLogRatios, fakeLogRatios, realShare, limit);
            return WeightedMeans.OfTwo(Entropy(realShare), realShare, real, 1 - realShare, fake, arePairs);
        }
        return interval switch
        {
            IntervalMethod.Normal => Means(double.PositiveInfinity).Normal(),
            IntervalMethod.Bootstrap => Means(double.PositiveInfinity).Bootstrap(seed),
            IntervalMethod.EmpiricalBernstein => Means(logitLimit).EmpiricalBernstein(range: logitLimit),
            IntervalMethod.Hoeffding => Means(logitLimit).Hoeffding(range: logitLimit),
            _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "interval must be one of IntervalMethod's values."),
        };
    }

    /// <summary>The bound of a discriminator whose logit is a density ratio, on data that it was not trained on and fresh samples of the generator.</summary>
    /// <param name="discriminator">D, trained with an objective whose ratio is exact.</param>
    /// <param name="heldOut">Data that D was not trained on, such as <see cref="Dataset.HeldOut"/>.</param>
    /// <param name="generator">G.</param>
    /// <param name="samples">Samples of each side. Default 10,000, for an interval of about ± 0.006 nats; at most the size of the held-out data.</param>
    /// <param name="seed">Determines which held-out samples and latents are drawn. Default 0.</param>
    /// <param name="objective">The objective that D was trained with; null where its logit is known to be ln p_d/p_g.</param>
    /// <returns>The bound in nats with its normal 95% interval, not clipped.</returns>
    /// <exception cref="DiagnosticRefusedException">
    /// The objective's logit is no density ratio, or only one up to a constant; D judges samples in groups; or the data is training data: it has a held-out
    /// part itself, or a trainer has been created with it.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    public static Estimate Bound(
        DiscriminatorNetwork discriminator, Dataset heldOut, GeneratorNetwork generator, int samples = 10_000, long seed = 0, IDensityRatio? objective = null)
    {
        using var scope = NewDisposeScope();
        if (objective?.RatioRefusal is { } reason)
            throw new DiagnosticRefusedException($"No divergence can be read from the logits of {objective}, because {reason}. Audit the generator with a classifier instead (Auditor).");
        if (objective?.Ratio == RatioKind.UpToConstant)
            throw new DiagnosticRefusedException($"The logits of {objective} are ln p_d/p_g up to a constant. Fit it on samples set aside (PlattScaling), and read the bound on others; a report does so by itself.");
        ArgumentNullException.ThrowIfNull(discriminator);
        if (discriminator.SamplesPerLogit > 1)
            throw new DiagnosticRefusedException($"{discriminator.GetType().Name} judges {discriminator.SamplesPerLogit} samples per logit, and the divergence of such groups is larger than that of samples. Audit with a network that judges one (Auditor).");
        var (real, fake) = HeldOutLogits(discriminator, heldOut, generator, samples, seed, index: 0);
        if (objective is not null)
            (real, fake) = (objective.LogDensityRatio(real)!, objective.LogDensityRatio(fake)!);
        // G was asked for the labels of the real samples.
        return Bound(real, fake, arePairs: generator.Classes is not null);
    }

    /// <summary>D's logits at held-out data and at equally many fresh samples; another index with the same seed draws other samples.</summary>
    internal static (Tensor Real, Tensor Fake) HeldOutLogits(
        DiscriminatorNetwork discriminator, Dataset heldOut, GeneratorNetwork generator, int samples, long seed, long index)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        if (heldOut is { Count: not null, HeldOut: not null })
            throw new DiagnosticRefusedException($"'{heldOut.Name}' is what D was trained on, since it has a held-out part of its own, and there D overstates the divergence. Pass its HeldOut.");
        if (heldOut is { Count: not null, IsTrainedOn: true })
            throw new DiagnosticRefusedException($"'{heldOut.Name}' is what a trainer trains on and has no held-out part, and on samples that it has learned D overstates the divergence. Set a part of it aside before training, for example with {nameof(InMemoryDataset)}.{nameof(InMemoryDataset.Split)}.");
        var count = (int)Math.Min(samples, heldOut.Count ?? samples);
        count -= count % discriminator.SamplesPerLogit;
        var real = heldOut.Read(seed, index * count, count);
        using var random = SeededRandom.Create(seed, "diagnostic latents", index, generator.Device());
        var fake = generator.Sample(count, real.Labels?.to(generator.Device()), random);
        return (discriminator.Logits(real.Samples, real.Labels), discriminator.Logits(fake, real.Labels));
    }

    /// <summary>JS_π(p‖q) by quadrature in one or two dimensions, to about 1e-10 for mixtures of Gaussians.</summary>
    /// <param name="data">p.</param>
    /// <param name="generator">q.</param>
    /// <param name="realShare">π, the weight of p, in (0, 1). Default ½, for JSD(p‖q).</param>
    /// <returns>Nats.</returns>
    /// <exception cref="NotSupportedException">The dimension is above 2.</exception>
    /// <exception cref="DiagnosticRefusedException">A density has not vanished at the ends of its <see cref="IDensity.Support"/>.</exception>
    public static double Quadrature(IDensity data, IDensity generator, double realShare = 0.5)
    {
        _ = DensityRatio.PriorLogOdds(realShare);
        return new Quadrature(data, generator).Integrate((logP, logQ) =>
        {
            var logSum = logaddexp(logP + Math.Log(realShare), logQ + Math.Log(1 - realShare));
            return realShare * logP.exp() * (logP - logSum) + (1 - realShare) * logQ.exp() * (logQ - logSum);
        });
    }

    /// <summary>
    /// JSD(p_d‖p_g) of known densities in any dimension by Monte Carlo: ½[mean_d(ln 2 + ln σ(l*)) + mean_g(ln 2 + ln σ(−l*))], l* = ln p_d/p_g.
    /// This is <see cref="Bound(Tensor, Tensor, double, IntervalMethod, double, long, bool)"/> at D*, where the bound equals the divergence; for your
    /// own densities, call that method with l*.
    /// </summary>
    /// <param name="data">p_d.</param>
    /// <param name="generator">p_g, of the same dimension.</param>
    /// <param name="samples">Samples of each side, at least 2. Default 100,000, for a standard error of at most about 0.0013 nats.</param>
    /// <param name="seed">Determines the samples. Default 0.</param>
    /// <returns>An unbiased estimate; its interval is ± 1.96 standard errors.</returns>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    public static Estimate MonteCarlo(GaussianMixture data, GaussianMixture generator, int samples = 100_000, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        if (data.Dimension != generator.Dimension)
            throw new ArgumentException($"generator must have the data's dimension {data.Dimension} but has {generator.Dimension}.", nameof(generator));
        using var scope = NewDisposeScope();
        // Both mixtures draw from streams with the same name: positions that never overlap keep the two sides independent.
        Tensor LogRatios(GaussianMixture source, long start)
        {
            var pieces = new List<Tensor>();
            for (var done = 0; done < samples; done += SamplesPerChunk)
            {
                using var piece = NewDisposeScope();
                var drawn = source.Draw(seed, start + done, Math.Min(SamplesPerChunk, samples - done)).Samples;
                pieces.Add(DensityRatio.Log(data, generator, drawn).MoveToOuterDisposeScope());
            }
            return cat(pieces);
        }
        return Bound(LogRatios(data, 0), LogRatios(generator, samples));
    }

    /// <summary>Whether D distinguishes the two almost with certainty, so that G's loss of eq. 21 has almost no gradient and the divergence says little more than "disjoint".</summary>
    /// <param name="divergence">JSD or a bound of it at π = ½.</param>
    /// <returns>True where even the lower end of the interval reaches 0.9 ln 2.</returns>
    public static bool IsSaturated(Estimate divergence) => divergence.Lower >= SaturatedShare * Maximum;

    /// <summary>The text by which reports show a divergence. Only the text is clipped to [0, ln 2], because clipping values would bias their means.</summary>
    /// <param name="divergence">JSD or a bound of it at π = ½.</param>
    /// <returns>"0.1114 ± 0.0042" or "0.0031 [0.0008, 0.0071]", followed by ", saturated" where it is; a negative value as "0.0000 (raw -0.0100 ± 0.0030)".</returns>
    public static string Format(Estimate divergence) => $"{FormatValue(divergence)}{(IsSaturated(divergence) ? ", saturated" : "")}";

    /// <summary>The same without ", saturated".</summary>
    internal static string FormatValue(Estimate divergence) => divergence.Value < SmallestPrinted
        ? $"0.0000 (raw {divergence})"
        : divergence.Format(0, Maximum);

    private static double Entropy(double realShare) => -realShare * Math.Log(realShare) - (1 - realShare) * Math.Log(1 - realShare);
}
