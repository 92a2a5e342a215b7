using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What R1 and R2 share: (γ/2) ‖∇ₓ l(x)‖² per logit, by double backward.</summary>
public abstract class GradientPenalty : DiscriminatorPenalty
{
    private protected GradientPenalty(Schedule gamma, int everySteps)
    {
        Gamma = PenaltyRule.Weight(gamma, nameof(gamma));
        EverySteps = PenaltyRule.EverySteps(everySteps);
    }

    /// <summary>Weight γ. It depends on the scale of the data: R3GAN uses 0.05 for CIFAR and 150 for 256 × 256 faces.</summary>
    public Schedule Gamma { get; }

    /// <inheritdoc/>
    public sealed override int EverySteps { get; }

    private protected Tensor Evaluate(JudgedSamples judged, long step) =>
        SquaredInputGradientNorm(judged) * (Gamma.At(step) / 2);
}
