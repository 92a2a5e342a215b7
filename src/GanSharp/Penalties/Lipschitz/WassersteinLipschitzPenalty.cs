using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Lipschitz;

/// <summary>
/// WGAN-LP: λ E max(0, ‖∇ₓ l(x̂)‖ − 1)² at points x̂ between pairs of real and generated samples (Petzka, Fischer and Lukovnikov 2018). Unlike
/// <see cref="WassersteinGradientPenalty"/> it leaves slopes below 1 alone, since a Lipschitz constraint is an upper bound; it depends less on λ.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes values from 0.1 to 100.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class WassersteinLipschitzPenalty(Schedule weight, int everySteps = 1) : SlopePenalty(weight, everySteps)
{
    /// <inheritdoc/>
    public override string Name => "WGAN-LP";

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass) => (Slopes(pass, Between(pass)) - 1).relu().square() * Weight.At(pass.Step);
}
