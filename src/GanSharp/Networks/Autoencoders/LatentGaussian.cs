using static TorchSharp.torch;

namespace GanSharp.Networks.Autoencoders;

/// <summary>q(z ∣ x) = N(μ(x), diag σ²(x)): what an encoder says about the latent vector of each sample.</summary>
/// <param name="Mean">μ, shape [N, size of the latent vector].</param>
/// <param name="LogVariance">ln σ², same shape. The logarithm may be any number, so a network can return it as it is.</param>
public sealed record LatentGaussian(Tensor Mean, Tensor LogVariance)
{
    /// <summary>Draws z = μ + σ ε with ε from N(0, I), so that a gradient reaches μ and σ (the reparametrization of Kingma and Welling 2014).</summary>
    /// <param name="random">Source of ε, on the same device; torch's global one where null.</param>
    /// <returns>Tensor of the shape of <see cref="Mean"/>.</returns>
    public Tensor Sample(Generator? random = null) => Mean + (LogVariance / 2).exp() * randn(Mean.shape, Mean.dtype, Mean.device, generator: random);

    /// <summary>KL(q(z_j ∣ x) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − ln σ²) of each coordinate in nats (Kingma and Welling 2014, appendix B).</summary>
    /// <returns>Tensor of the shape of <see cref="Mean"/>.</returns>
    public Tensor KullbackLeibler() => (Mean.square() + LogVariance.exp() - 1 - LogVariance) / 2;
}
