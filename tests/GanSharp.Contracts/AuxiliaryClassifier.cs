using GanSharp.Divergences;
using GanSharp.Objectives;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Contracts;

/// <summary>AC-GAN (Odena et al. 2017): a game, and D's class logits must tell the classes of real and generated samples.</summary>
public sealed class AuxiliaryClassifier(GanObjective game) : GanObjective
{
    public override RatioKind Ratio => game.Ratio;

    public override bool GeneratorNeedsReal => game.GeneratorNeedsReal;

    public override Tensor? LogDensityRatio(Tensor logits) => game.LogDensityRatio(logits);

    public override LossTerms DiscriminatorLoss(ObjectiveContext context) => Add(
        game.DiscriminatorLoss(context), Classification(context.Real.ClassLogits!, context.RealLabels!) + Classification(context.Fake.ClassLogits!, context.FakeLabels!));

    public override LossTerms GeneratorLoss(ObjectiveContext context) => Add(game.GeneratorLoss(context), Classification(context.Fake.ClassLogits!, context.FakeLabels!));

    private static LossTerms Add(LossTerms terms, Tensor classification)
    {
        terms["classification"] = classification;
        return terms;
    }

    private static Tensor Classification(Tensor logits, Tensor labels) => cross_entropy(logits, labels, reduction: nn.Reduction.None);
}
