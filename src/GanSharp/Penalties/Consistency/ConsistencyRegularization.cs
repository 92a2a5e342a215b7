using GanSharp.Augmentations;
using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Consistency;

/// <summary>
/// Consistency regularization (CR-GAN): λ E_pd(l(x) − l(T(x)))², so that D looks at what a change of a real sample leaves as it is (Zhang et al. 2020).
/// </summary>
/// <param name="transformation">T, such as a flip with a small shift. A pass of D is spent on what it makes.</param>
/// <param name="weight">λ, at least 0; a number or a schedule. The paper takes 10.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
public sealed class ConsistencyRegularization(Augmentation transformation, Schedule weight, int everySteps = 1) : TransformedConsistency(transformation, everySteps)
{
    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight);

    /// <inheritdoc/>
    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return SquaredDifferences(pass.Real, pass) * Weight.At(pass.Step);
    }
}
