using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// <see cref="NonSaturating"/> with one-sided label smoothing (Salimans et al. 2016): D's target for real samples is a
/// probability α &lt; 1, which keeps it from becoming overconfident. Its optimum is then α p_d/(p_d + p_g) and never above α.
/// </summary>
public sealed class LabelSmoothing : LogitObjective
{
    /// <summary>Creates the objective.</summary>
    /// <param name="realTarget">α, above ½ and below 1. Default 0.9, as in the paper.</param>
    public LabelSmoothing(double realTarget = 0.9)
    {
        if (!(realTarget is > 0.5 and < 1))
            throw new ArgumentOutOfRangeException(nameof(realTarget), realTarget, "realTarget must lie between 0.5 and 1, both excluded.");
        RealTarget = realTarget;
    }

    /// <summary>α, D's target for real samples.</summary>
    public double RealTarget { get; }

    /// <inheritdoc/>
    public override string? RatioRefusal => "with smoothed labels the optimal logit is no longer ln p_d/p_g";

    /// <summary>α softplus(−l_real) + (1 − α) softplus(l_real) + softplus(l_fake).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) =>
        softplus(-real) * RealTarget + softplus(real) * (1 - RealTarget) + softplus(fake);

    /// <summary>softplus(−l_fake) = −ln D(G(z)).</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => softplus(-fake);
}
