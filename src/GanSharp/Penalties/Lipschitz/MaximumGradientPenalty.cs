using GanSharp.Communication;
using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Lipschitz;

/// <summary>
/// The maximum gradient penalty of Lipschitz GANs: λ max ‖∇ₓ l(x̂)‖² over points x̂ between pairs of real and generated samples (Zhou et al. 2019), which presses on D's Lipschitz
/// constant itself. It allows objectives beside Wasserstein's, among them minimax.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes values around 1.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class MaximumGradientPenalty(Schedule weight, int everySteps = 1) : SlopePenalty(weight, everySteps)
{
    /// <summary>One value for the batch, of all ranks together: the largest slope's square times λ.</summary>
    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        var squares = SquaredSlopes(pass, Between(pass));
        return AcrossRanks.Gather(squares.max()).max().expand(squares.shape[0]) * Weight.At(pass.Step);
    }
}
