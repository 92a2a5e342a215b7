using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Consistency;

/// <summary>
/// Latent consistency regularization (zCR), D's part: λ E_z(l(G(z)) − l(G(z + σn)))² with n ~ N(0, I) (Zhao et al. 2021). G's part is <see cref="LatentDiversity"/>;
/// with <see cref="BalancedConsistencyRegularization"/> both are the paper's ICR. Where the run has an augmentation, both samples of a pair are augmented alike.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes 5.</param>
/// <param name="deviation">σ, finite and above 0. Default 0.03, as in the paper for ICR.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class LatentConsistency(Schedule weight, double deviation = 0.03, int everySteps = 1) : DiscriminatorPenalty
{
    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight);

    /// <summary>σ, how far latents are moved.</summary>
    public double Deviation { get; } = PenaltyRule.Positive(deviation, nameof(deviation));

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The pass has no generator or no latents.</exception>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Generator is not { } generator || pass.Latents is not { } latents)
            throw new InvalidOperationException($"{nameof(LatentConsistency)} makes samples of latents near those of the pass, but it has none: set {nameof(pass.Generator)} and {nameof(pass.Latents)} of the {nameof(DiscriminatorPass)}, as a trainer does.");
        Tensor moved;
        using (no_grad())
            moved = generator.call(Moved(latents, Deviation, pass), pass.Fake.Labels);
        moved = pass.AugmentFake?.Invoke(moved) ?? moved;
        return (pass.Fake.Logits - pass.Discriminator.call(moved.detach(), pass.Fake.Labels).Logits).square() * Weight.At(pass.Step);
    }

    /// <summary>z + σn.</summary>
    internal static Tensor Moved(Tensor latents, double deviation, PenaltyPass pass) =>
        latents.detach() + randn(latents.shape, latents.dtype, latents.device, generator: pass.Random) * deviation;
}
