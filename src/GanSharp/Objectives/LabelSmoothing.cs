using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// <see cref="NonSaturating"/> with label smoothing: D's target for real samples is a probability α &lt; 1, which keeps it from becoming overconfident, and that for generated
/// ones a probability β ≥ 0. Its optimum is then (α p_d + β p_g)/(p_d + p_g), always between β and α. One-sided smoothing (β = 0, the default) is the advice of Salimans et al. (2016):
/// with β above 0, G is rewarded for staying where p_g is large and p_d small.
/// </summary>
public sealed class LabelSmoothing : LogitObjective
{
    /// <summary>Creates the objective.</summary>
    /// <param name="realTarget">α, above ½ and below 1. Default 0.9, as in the paper.</param>
    /// <param name="fakeTarget">β, at least 0 and below ½. Default 0: one-sided.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="realTarget"/> doesn't lie between 0.5 and 1, both excluded, or <paramref name="fakeTarget"/> isn't at least 0 and below 0.5.</exception>
    public LabelSmoothing(double realTarget = 0.9, double fakeTarget = 0)
    {
        if (!(realTarget is > 0.5 and < 1))
            throw new ArgumentOutOfRangeException(nameof(realTarget), realTarget, "realTarget must lie between 0.5 and 1, both excluded.");
        if (!(fakeTarget is >= 0 and < 0.5))
            throw new ArgumentOutOfRangeException(nameof(fakeTarget), fakeTarget, "fakeTarget must be at least 0 and below 0.5.");
        (RealTarget, FakeTarget) = (realTarget, fakeTarget);
    }

    /// <summary>α, D's target for real samples.</summary>
    public double RealTarget { get; }

    /// <summary>β, D's target for generated samples.</summary>
    public double FakeTarget { get; }

    /// <inheritdoc/>
    public override string? RatioRefusal => "with smoothed labels the optimal logit is no longer ln p_d/p_g";

    /// <summary>α softplus(−l_real) + (1 − α) softplus(l_real) + β softplus(−l_fake) + (1 − β) softplus(l_fake).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) =>
        softplus(-real) * RealTarget + softplus(real) * (1 - RealTarget) + (FakeTarget == 0 ? softplus(fake) : softplus(-fake) * FakeTarget + softplus(fake) * (1 - FakeTarget));

    /// <summary>softplus(−l_fake) = −ln D(G(z)).</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => softplus(-fake);
}
