using GanSharp.Communication;
using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>
/// Mode seeking (MSGAN): λ / (d + ε) with d = E|G(z) − G(z′)| / E|z − z′|, the mean distance of samples of the same classes over that of their latents (Mao et al. 2019), so that
/// different latents make different samples. As in the authors' code both means are over the whole batch. A pass of G is spent on z′.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. Default 1, as in the paper.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class ModeSeeking(Schedule? weight = null, int everySteps = 1) : GeneratorPenalty
{
    private const double Epsilon = 1e-5;

    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight ?? 1);

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <summary>One value for the batch.</summary>
    /// <inheritdoc/>
    public override Tensor Evaluate(GeneratorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var latents = pass.Latents.detach();
        var others = pass.Generator.Prior.Sample(latents.shape[0], pass.Random, latents.device).to(latents.dtype);
        var distance = AcrossRanks.Mean((pass.Samples - pass.Generator.call(others, pass.Labels)).abs().mean()) / AcrossRanks.Mean((latents - others).abs().mean());
        return (Weight.At(pass.Step) / (distance + Epsilon)).expand(latents.shape[0]);
    }
}
