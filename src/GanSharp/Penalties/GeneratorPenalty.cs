using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>A term that the trainer adds to G's loss, such as path length (Karras et al. 2020) or mode seeking (Mao et al. 2019).</summary>
public abstract class GeneratorPenalty : Penalty
{
    /// <summary>Whether the penalty differentiates the samples with respect to the latents. Default false.</summary>
    public virtual bool NeedsLatentGradient => false;

    /// <summary>The penalty of one pass.</summary>
    /// <param name="pass">What G made and D said.</param>
    /// <returns>Penalties, shape [N], differentiable in G's parameters; the trainer takes the mean.</returns>
    public abstract Tensor Evaluate(GeneratorPass pass);

    /// <summary>∂ outputs / ∂ z for each latent vector, summed over the outputs and differentiable in G's parameters.</summary>
    /// <param name="outputs">What was computed from the samples, of any shape, with its graph.</param>
    /// <param name="pass">The pass.</param>
    /// <returns>Tensor of shape [N, size of the prior].</returns>
    /// <exception cref="InvalidOperationException"><see cref="NeedsLatentGradient"/> doesn't return true, or the outputs don't depend on the latents.</exception>
    protected Tensor LatentGradient(Tensor outputs, GeneratorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return Gradient(
            outputs, pass.Latents, "samples with respect to latents", $"A trainer gives it to them where {nameof(NeedsLatentGradient)} returns true.",
            "G cuts them off by detach, no_grad or a value that was read out, or other latents were used");
    }
}
