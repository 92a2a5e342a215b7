using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics;

/// <summary>
/// The Jensen–Shannon divergence between data and generator in nats, from 0 (equal) to ln 2 (disjoint):
/// bounded from below by what any discriminator achieves, or computed where both densities are known.
/// </summary>
public static class JensenShannon
{
    /// <summary>ln 2, the divergence of distributions that share no point.</summary>
    public const double Maximum = 0.693147180559945309417;

    /// <summary>
    /// The lower bound B = (V(D) + 2 ln 2) / 2 ≤ JSD(p_d‖p_g), which holds for every D and is tight for D* (eq. 14), with a normal 95% interval.
    /// </summary>
    /// <param name="realLogRatios">ln p_d/p_g as D states it at real samples that D has not seen, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">The same at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <returns>The bound, not clipped: below 0 where D is worse than a guess.</returns>
    /// <exception cref="ArgumentException">Fewer than two samples on a side.</exception>
    public static Estimate Bound(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        ArgumentNullException.ThrowIfNull(realLogRatios);
        ArgumentNullException.ThrowIfNull(fakeLogRatios);
        if (realLogRatios.numel() < 2 || fakeLogRatios.numel() < 2)
            throw new ArgumentException($"An interval needs at least 2 samples a side but got {realLogRatios.numel()} real and {fakeLogRatios.numel()} generated.", nameof(realLogRatios));
        using var scope = NewDisposeScope();
        var (real, fake) = (ValueFunction.LogProbability(realLogRatios), ValueFunction.LogProbability(-fakeLogRatios));
        return Estimate.OfMeans(real, fake, factor: 0.5, offset: Maximum);
    }

    /// <summary>The bound of a discriminator whose logit is a density ratio, on data it has not seen and fresh samples of the generator.</summary>
    /// <param name="discriminator">D, trained by an objective whose ratio is exact.</param>
    /// <param name="heldOut">Data that D was not trained on, such as <see cref="Dataset.HeldOut"/>.</param>
    /// <param name="generator">G.</param>
    /// <param name="samples">Samples of each side. Default 10,000, for an interval of about ± 0.005 nats; no more than the held-out data has.</param>
    /// <param name="seed">Determines which held-out samples and latents are drawn.</param>
    public static Estimate Bound(DiscriminatorNetwork discriminator, Dataset heldOut, GeneratorNetwork generator, int samples = 10_000, long seed = 0)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = HeldOutLogits(discriminator, heldOut, generator, samples, seed, index: 0);
        return Bound(real, fake);
    }

    /// <summary>D's logits at held-out data and at fresh samples, as many of each; another index of the same seed draws other samples.</summary>
    internal static (Tensor Real, Tensor Fake) HeldOutLogits(
        DiscriminatorNetwork discriminator, Dataset heldOut, GeneratorNetwork generator, int samples, long seed, long index)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        var count = (int)Math.Min(samples, heldOut.Count ?? samples);
        count -= count % discriminator.SamplesPerLogit;
        var real = heldOut.Draw(seed, index * count, count);
        using var random = SeededRandom.Create(seed, "diagnostic latents", index, generator.Device());
        var fake = generator.Sample(count, real.Labels?.to(generator.Device()), random);
        return (discriminator.Logits(real.Samples, real.Labels), discriminator.Logits(fake, real.Labels));
    }

    /// <summary>JSD(p‖q) by quadrature in one or two dimensions, to about 1e-10 for mixtures of Gaussians.</summary>
    /// <param name="data">p.</param>
    /// <param name="generator">q.</param>
    /// <returns>Nats.</returns>
    /// <exception cref="NotSupportedException">The dimension is above 2.</exception>
    public static double Quadrature(IDensity data, IDensity generator) => new Quadrature(data, generator).JensenShannon();
}
