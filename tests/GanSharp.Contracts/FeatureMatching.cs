using GanSharp.Divergences;
using GanSharp.Objectives;

namespace GanSharp.Contracts;

/// <summary>Feature matching (Salimans et al. 2016): G brings the mean of D's features on its samples to that on real ones.</summary>
public sealed class FeatureMatching : GanObjective
{
    public override bool GeneratorNeedsReal => true;

    public override RatioKind Ratio => RatioKind.Exact;

    public override LossTerms DiscriminatorLoss(ObjectiveContext context) => Minimax.DiscriminatorLoss(context);

    public override LossTerms GeneratorLoss(ObjectiveContext context)
    {
        var difference = context.Fake.Features!.mean([0]) - context.Real.Features!.mean([0]);
        return new LossTerms { ["feature matching"] = difference.square().sum().expand(context.Fake.Logits.shape[0]) };
    }
}
