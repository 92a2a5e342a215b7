using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Lipschitz;

/// <summary>
/// DRAGAN: λ E(‖∇ₓ l(x + δ)‖ − 1)² around real samples (Kodali et al. 2017), against sharp slopes near the data. δ is as in the authors' code: c · s · u · t, where s is the standard
/// deviation of all values of the batch, u is uniform on [0, 1] for each value and t for each sample (each pack, where D judges packs); the paper itself draws δ from a normal distribution.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes 10.</param>
/// <param name="spread">c, finite and above 0. Default ½, as in the authors' code.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class Dragan(Schedule weight, double spread = 0.5, int everySteps = 1) : SlopePenalty(weight, everySteps)
{
    /// <inheritdoc/>
    public override string Name => "DRAGAN";

    /// <summary>c, how far around the data it looks, in standard deviations.</summary>
    public double Spread { get; } = PenaltyRule.Positive(spread, nameof(spread));

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var real = pass.Real.Samples.detach();
        var noise = Uniform(pass, real, real.shape) * (real.std(unbiased: false) * Spread);
        return (Slopes(pass, real + noise * UniformPerLogit(pass, real)) - 1).square() * Weight.At(pass.Step);
    }
}
