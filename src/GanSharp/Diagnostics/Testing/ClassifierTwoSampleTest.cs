using System.Globalization;
using GanSharp.Data;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Testing;

/// <summary>
/// Whether a classifier distinguishes held-out real from generated samples better than chance (Lopez-Paz and Oquab 2017). Any classifier can be used, whatever it
/// was trained on: a logit above 0 means real, below 0 generated, and 0 counts half for each. Both classes have the same weight whatever their counts.
/// </summary>
/// <param name="Accuracy">Mean of the shares of real and of generated samples that are classified correctly, with the hybrid score interval of Newcombe (1998).</param>
/// <param name="PValue">
/// The probability of this accuracy by chance under p_d = p_g, from the normal limit with the variance q(1 − q)(1/N + 1/M)/4, where q is the share of all samples
/// classified as real. With q = ½ and N = M that is the 1/4n of Lopez-Paz and Oquab for n samples in total.
/// </param>
public readonly record struct ClassifierTwoSampleTest(Estimate Accuracy, double PValue)
{
    /// <summary>2 · accuracy − 1 ≤ TV(p_d, p_g) = ½ ∫ |p_d − p_g|, with equality for the best classifier; negative where this one is worse than chance.</summary>
    public Estimate TotalVariationBound => Map(Accuracy, accuracy => 2 * accuracy - 1);

    /// <summary>ln 2 − h((1 − TV) / 2) ≤ JSD in nats, which is also valid with a lower bound of TV instead of TV, because it increases with TV.</summary>
    public Estimate JensenShannonBound => Map(TotalVariationBound, variation => JensenShannonRange(Math.Max(0, variation)).Lower);

    /// <summary>The test on logits of samples that the classifier wasn't trained on.</summary>
    /// <param name="real">Logits of real samples, shape [N], N ≥ 2.</param>
    /// <param name="fake">Logits of generated samples, shape [M], M ≥ 2.</param>
    /// <returns>The accuracy from 0 to 1, ½ by chance, with its 95% interval and p-value.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a logit is NaN.</exception>
    public static ClassifierTwoSampleTest Measure(Tensor real, Tensor fake)
    {
        var (realRight, fakeWrong) = (JudgedReal(real, nameof(real)), JudgedReal(fake, nameof(fake)));
        var fakeRight = 1 - fakeWrong;
        double n = real.numel(), m = fake.numel();
        var accuracy = (realRight + fakeRight) / 2;
        var (_, realLower, realUpper, _) = Proportion.Wilson(realRight, n, real.numel());
        var (_, fakeLower, fakeUpper, _) = Proportion.Wilson(fakeRight, m, fake.numel());
        static double Half(double first, double second) => Math.Sqrt(first * first + second * second) / 2;
        // Rounding may exceed [0, 1] in the last bit.
        var estimate = new Estimate(accuracy,
            Math.Max(0, accuracy - Half(realRight - realLower, fakeRight - fakeLower)),
            Math.Min(1, accuracy + Half(realUpper - realRight, fakeUpper - fakeRight)),
            (long)Math.Min(n, m));
        return new ClassifierTwoSampleTest(estimate, ChanceOf(accuracy, (n * realRight + m * fakeWrong) / (n + m), n, m));
    }

    /// <summary>The test of a discriminator on data that it was not trained on and fresh samples of the generator.</summary>
    /// <param name="discriminator">D, trained by any objective whose logit is higher for real samples; best kept fixed together with G, and never the D that trains G.</param>
    /// <param name="heldOut">Data that D was not trained on, such as <see cref="Dataset.HeldOut"/>.</param>
    /// <param name="generator">G.</param>
    /// <param name="samples">Samples of each side. Default 10,000, for an interval of about ± 0.007; at most the size of the held-out data.</param>
    /// <param name="seed">Determines which held-out samples and latents are drawn. Default 0.</param>
    /// <returns>The accuracy from 0 to 1, ½ by chance, with its 95% interval and p-value.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    /// <exception cref="DiagnosticRefusedException">The data is training data: it has a held-out part itself, or a trainer has been created with it; or D judges samples in groups.</exception>
    public static ClassifierTwoSampleTest Measure(
        DiscriminatorNetwork discriminator, Dataset heldOut, GeneratorNetwork generator, int samples = 10_000, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        if (discriminator.SamplesPerLogit != 1)
            throw new DiagnosticRefusedException($"{discriminator.GetType().Name} judges {discriminator.SamplesPerLogit} samples per logit, and groups are easier to tell apart than samples. Test with a network that judges one.");
        using var scope = NewDisposeScope();
        var (real, fake) = JensenShannon.HeldOutLogits(discriminator, heldOut, generator, samples, seed, index: 0);
        return Measure(real, fake);
    }

    /// <summary>
    /// The range of the Jensen–Shannon divergence for a known total variation (Lin 1991). The upper end needs TV itself: a classifier's lower bound of TV doesn't limit JSD from above.
    /// </summary>
    /// <param name="totalVariation">TV(p_d, p_g), from 0 to 1.</param>
    /// <returns>ln 2 − h((1 − TV) / 2) and TV · ln 2 in nats, where h is the binary entropy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="totalVariation"/> doesn't lie from 0 to 1.</exception>
    public static (double Lower, double Upper) JensenShannonRange(double totalVariation)
    {
        if (!(totalVariation is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(totalVariation), totalVariation, "totalVariation must lie from 0 to 1.");
        static double Term(double probability) => probability > 0 ? -probability * Math.Log(probability) : 0;
        var entropy = Term((1 - totalVariation) / 2) + Term((1 + totalVariation) / 2);
        return (JensenShannon.Maximum - entropy, totalVariation * JensenShannon.Maximum);
    }

    /// <summary>"accuracy 0.6915 ± 0.0064, p = 0.0000, TV at least 0.3830 ± 0.0128".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"accuracy {Accuracy}, p = {PValue:0.0000}, TV at least {TotalVariationBound}");

    private static Estimate Map(Estimate estimate, Func<double, double> rising) =>
        new(rising(estimate.Value), rising(estimate.Lower), rising(estimate.Upper), estimate.SampleCount);

    private static double JudgedReal(Tensor logits, string name)
    {
        ArgumentNullException.ThrowIfNull(logits, name);
        if (logits.dim() != 1 || logits.shape[0] < 2)
            throw new ArgumentException($"{name} must have shape [N] with at least 2 logits but has shape {Shape.Format(logits.shape)}.", name);
        using var scope = NewDisposeScope();
        var verdicts = logits.to(ScalarType.Float64).sign();
        if (logits.isnan().any().item<bool>())
            throw new ArgumentException($"{name} must be logits but holds NaN.", name);
        return (verdicts.mean().item<double>() + 1) / 2;
    }

    private static double ChanceOf(double accuracy, double judgedReal, double n, double m)
    {
        var standardError = Math.Sqrt(judgedReal * (1 - judgedReal) * (1 / n + 1 / m)) / 2;
        // A classifier with the same answer for every sample gives no evidence.
        if (!(standardError > 0))
            return 1;
        using var scope = NewDisposeScope();
        // erfc is precise far out in the tail, where 1 − Φ would be 0.
        return special.erfc(tensor((accuracy - 0.5) / standardError / Math.Sqrt(2))).item<double>() / 2;
    }
}
