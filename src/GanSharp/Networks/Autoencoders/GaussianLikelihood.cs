using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Networks.Autoencoders;

/// <summary>
/// p(x ∣ z) = N(x; decoder's output, σ² I), with one σ for all values: ln p = −‖x − x̂‖² / 2σ² − (d / 2) ln 2πσ². Its maximum over the output is the mean of all x
/// that z stands for, which is why a VAE blurs (docs/theory.md).
/// </summary>
public sealed class GaussianLikelihood : Likelihood
{
    private readonly Parameter logVariance;

    /// <summary>A Gaussian.</summary>
    /// <param name="standardDeviation">σ, finite and above 0, in the samples' unit: where it starts, if it is learned. Default 1. Its square weighs the two parts of the ELBO like β.</param>
    /// <param name="isLearned">Whether σ is a parameter (σ-VAE of Rybkin et al. 2021). Default true: a σ that is too large makes the latents carry nothing, one that is too small makes samples poor.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> isn't finite and above 0.</exception>
    public GaussianLikelihood(double standardDeviation = 1, bool isLearned = true)
        : base(nameof(GaussianLikelihood))
    {
        if (!(standardDeviation > 0 && double.IsFinite(standardDeviation)))
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "standardDeviation must be finite and above 0.");
        logVariance = new Parameter(tensor((float)(2 * Math.Log(standardDeviation))), requires_grad: isLearned);
        logVariance.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>σ now. Reading it waits for the device.</summary>
    public double StandardDeviation
    {
        get
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            return (logVariance / 2).exp().item<float>();
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor samples, Tensor decoded)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(decoded);
        var errors = (samples - decoded).flatten(1).square().sum(1);
        var size = samples.numel() / (double)samples.shape[0];
        return -(errors * (-logVariance).exp() + size * (logVariance + Math.Log(2 * Math.PI))) / 2;
    }
}
