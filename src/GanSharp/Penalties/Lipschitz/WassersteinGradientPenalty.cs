using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Lipschitz;

/// <summary>
/// WGAN-GP: λ E(‖∇ₓ l(x̂)‖ − 1)² at points x̂ between pairs of real and generated samples (Gulrajani et al. 2017), since the best critic has slope 1 there. It belongs to
/// <see cref="Objectives.Wasserstein"/>, with five steps of D for each of G. Without batch norm in D: the gradient is that of each sample by itself.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes 10.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class WassersteinGradientPenalty(Schedule weight, int everySteps = 1) : SlopePenalty(weight, everySteps)
{
    /// <inheritdoc/>
    public override string Name => "WGAN-GP";

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass) => (Slopes(pass, Between(pass)) - 1).square() * Weight.At(pass.Step);
}
