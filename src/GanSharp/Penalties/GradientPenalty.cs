using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What R1 and R2 share: (γ/2) ‖∇ₓ l(x)‖² a sample, by double backward.</summary>
public abstract class GradientPenalty : Penalty
{
    private protected GradientPenalty(Schedule gamma)
    {
        ArgumentNullException.ThrowIfNull(gamma);
        if (!gamma.All(value => value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma.ToString(), "gamma must be finite and at least 0.");
        Gamma = gamma;
    }

    /// <summary>Weight γ. It depends on the scale of the data: R3GAN uses 0.05 for CIFAR and 150 for 256 × 256 faces.</summary>
    public Schedule Gamma { get; }

    private protected Tensor Evaluate(JudgedSamples judged, long step) =>
        InputGradient(judged).square().flatten(1).sum(1) * (Gamma.At(step) / 2);
}
