using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Consistency;

/// <summary>
/// Latent consistency regularization (zCR), G's part: −λ E_z‖G(z) − G(z + σn)‖² with n ~ N(0, I), the mean over the values of a sample, so that λ doesn't depend on its size
/// (Zhao et al. 2021). It keeps samples apart that <see cref="LatentConsistency"/> has D judge alike, and is negative.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes 0.5.</param>
/// <param name="deviation">σ, finite and above 0. Default 0.03, as in the paper for ICR.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class LatentDiversity(Schedule weight, double deviation = 0.03, int everySteps = 1) : GeneratorPenalty
{
    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight);

    /// <summary>σ, how far latents are moved.</summary>
    public double Deviation { get; } = PenaltyRule.Positive(deviation, nameof(deviation));

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <inheritdoc/>
    public override Tensor Evaluate(GeneratorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var moved = pass.Generator.call(LatentConsistency.Moved(pass.Latents, Deviation, pass), pass.Labels);
        return (pass.Samples - moved).square().flatten(1).mean([1]) * -Weight.At(pass.Step);
    }
}
