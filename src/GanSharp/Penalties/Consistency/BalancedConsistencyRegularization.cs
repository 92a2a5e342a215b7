using GanSharp.Augmentations;
using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Consistency;

/// <summary>
/// Balanced consistency regularization (bCR): λ_real E_pd(l(x) − l(T(x)))² + λ_fake E_pg(l(x) − l(T(x)))² (Zhao et al. 2021). Where real samples alone are treated so,
/// G comes to make what T makes.
/// </summary>
/// <param name="transformation">T, such as a flip with a small shift. Two passes of D are spent on what it makes.</param>
/// <param name="realWeight">λ_real, at least 0; a number or a schedule. The paper takes 10.</param>
/// <param name="fakeWeight">λ_fake, likewise. The paper takes 10.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weights multiplied by as much. Default 1.</param>
public sealed class BalancedConsistencyRegularization(Augmentation transformation, Schedule realWeight, Schedule fakeWeight, int everySteps = 1) : TransformedConsistency(transformation, everySteps)
{
    /// <summary>λ_real.</summary>
    public Schedule RealWeight { get; } = PenaltyRule.Weight(realWeight, nameof(realWeight));

    /// <summary>λ_fake.</summary>
    public Schedule FakeWeight { get; } = PenaltyRule.Weight(fakeWeight, nameof(fakeWeight));

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return SquaredDifferences(pass.Real, pass) * RealWeight.At(pass.Step) + SquaredDifferences(pass.Fake, pass) * FakeWeight.At(pass.Step);
    }
}
