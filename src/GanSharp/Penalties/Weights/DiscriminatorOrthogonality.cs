using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Weights;

/// <summary>
/// Orthogonal regularization of D: β Σ ‖W Wᵀ ⊙ (1 − I)‖²_F over its weights, a filter (of a transposed convolution an input channel) being a row of W, so that filters
/// are orthogonal and of any length (Brock et al. 2019, BigGAN), or β Σ ‖W Wᵀ − I‖²_F, so that they also have length 1 (Brock et al. 2017). Embeddings and parameters of one dimension are left out.
/// </summary>
/// <param name="weight">β, at least 0; a number or a schedule. Default 1e-4, as in BigGAN.</param>
/// <param name="isDiagonalFree">Whether filters may have any length. Default true, as in BigGAN.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class DiscriminatorOrthogonality(Schedule? weight = null, bool isDiagonalFree = true, int everySteps = 1) : DiscriminatorPenalty
{
    /// <summary>The weight β.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight ?? 1e-4);

    /// <summary>Whether filters may have any length.</summary>
    public bool IsDiagonalFree { get; } = isDiagonalFree;

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <summary>One value for the batch.</summary>
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">D has no trainable weight of two dimensions or more.</exception>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return (Orthogonality.Of(pass.Discriminator, IsDiagonalFree) * Weight.At(pass.Step)).expand(pass.Real.Samples.shape[0]);
    }
}
