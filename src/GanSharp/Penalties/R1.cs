using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>R1: (γ/2) E_pd ‖∇ₓ l(x)‖², the squared gradient norm of D's logit at real samples (Mescheder, Geiger, Nowozin 2018).</summary>
/// <param name="gamma">Weight γ, at least 0; a number or a schedule.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1; StyleGAN2 takes 16.</param>
public sealed class R1(Schedule gamma, int everySteps = 1) : GradientPenalty(gamma, everySteps)
{
    /// <inheritdoc/>
    public override bool NeedsRealGradient => true;

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return Evaluate(pass.Real, pass.Step);
    }
}
