using GanSharp.Optimization;

namespace GanSharp.Contracts;

#region own optimizer
/// <summary>Lion (Chen et al. 2023): the sign of a momentum decides the direction, the rate the length.</summary>
public sealed record Lion() : CustomOptimizerOptions(learningRate: 1e-4)
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.99;

    public override IReadOnlyList<string> Slots => ["momentum"];

    public override void Update(OptimizerStep state)
    {
        var momentum = state.Slots[0];
        state.Values.add_((momentum * Beta1 + state.Gradient * (1 - Beta1)).sign_(), alpha: -state.LearningRate);
        momentum.mul_(Beta2).add_(state.Gradient, alpha: 1 - Beta2);
    }
}
#endregion
