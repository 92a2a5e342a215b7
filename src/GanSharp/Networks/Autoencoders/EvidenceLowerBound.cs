using static TorchSharp.torch;

namespace GanSharp.Networks.Autoencoders;

/// <summary>
/// The two parts of ln p(x) ≥ E_q[ln p(x ∣ z)] − KL(q(z ∣ x) ‖ p(z)) for each sample, in nats (Kingma and Welling 2014), the first estimated from one z.
/// </summary>
/// <param name="Reconstruction">ln p(x ∣ z), shape [N].</param>
/// <param name="KullbackLeibler">KL of each coordinate of z, shape [N, size of the latent vector].</param>
public sealed record EvidenceLowerBound(Tensor Reconstruction, Tensor KullbackLeibler)
{
    /// <summary>The bound of each sample, shape [N].</summary>
    public Tensor Value => Reconstruction - KullbackLeibler.sum(1);

    /// <summary>What a VAE minimizes: the mean of −ln p(x ∣ z) plus β times the KL, with free bits.</summary>
    /// <param name="beta">Weight of the KL, at least 0. Default 1, the bound itself; above 1 the coordinates of z separate (β-VAE of Higgins et al. 2017), and raising it from 0 keeps z from being ignored early.</param>
    /// <param name="freeBits">
    /// λ in nats per coordinate, at least 0: where a coordinate's KL, averaged over the batch, is below λ, it costs λ and isn't pressed lower (Kingma et al. 2016, eq. 15). Default 0.
    /// </param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> isn't finite and at least 0, or <paramref name="freeBits"/> isn't finite and at least 0.</exception>
    public Tensor Loss(double beta = 1, double freeBits = 0)
    {
        if (!(beta >= 0 && double.IsFinite(beta)))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "beta must be finite and at least 0.");
        if (!(freeBits >= 0 && double.IsFinite(freeBits)))
            throw new ArgumentOutOfRangeException(nameof(freeBits), freeBits, "freeBits must be finite and at least 0.");
        var perCoordinate = KullbackLeibler.mean([0]);
        var cost = freeBits > 0 ? perCoordinate.clamp_min(freeBits) : perCoordinate;
        return beta * cost.sum() - Reconstruction.mean();
    }
}
