using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>R1: (γ/2) E_pd ‖∇ₓ l(x)‖², the squared gradient norm of D's logit at real samples (Mescheder, Geiger, Nowozin 2018).</summary>
/// <param name="gamma">Weight γ, at least 0; a number or a schedule.</param>
public sealed class R1(Schedule gamma) : GradientPenalty(gamma)
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
