using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Objectives;

/// <summary>
/// AC-GAN (Odena, Olah and Shlens 2017): beside their game, D's <see cref="Networks.DiscriminatorOutput.ClassLogits"/> must tell the classes of real and generated samples, and G makes
/// samples whose class is recognized. Both players minimize the cross-entropy. The logit means what it means in the game, since the classifier has outputs of its own.
/// </summary>
public sealed class AuxiliaryClassifier : ObjectiveWrapper
{
    private const string Term = "classification";

    /// <summary>Creates the objective.</summary>
    /// <param name="game">The game that is played beside. Null (the default) for <see cref="GanObjective.NonSaturating"/>.</param>
    /// <param name="discriminatorWeight">Weight of the cross-entropy in D's loss, finite and at least 0. Default 1, as in the paper.</param>
    /// <param name="generatorWeight">Likewise in G's loss. Default 1; 0.1 is common (Gulrajani et al. 2017, for conditional CIFAR-10).</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight isn't finite and at least 0.</exception>
    public AuxiliaryClassifier(GanObjective? game = null, double discriminatorWeight = 1, double generatorWeight = 1)
        : base(game ?? NonSaturating)
    {
        ObjectiveWeight.ThrowIfInvalid(discriminatorWeight, nameof(discriminatorWeight));
        ObjectiveWeight.ThrowIfInvalid(generatorWeight, nameof(generatorWeight));
        (DiscriminatorWeight, GeneratorWeight) = (discriminatorWeight, generatorWeight);
    }

    /// <summary>Weight of the cross-entropy in D's loss.</summary>
    public double DiscriminatorWeight { get; }

    /// <summary>Weight of the cross-entropy in G's loss.</summary>
    public double GeneratorWeight { get; }

    /// <summary>The game's terms, and "classification": −ln P(class) of the real sample and of the generated one.</summary>
    /// <inheritdoc/>
    public override LossTerms DiscriminatorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var terms = Game.DiscriminatorLoss(context);
        terms[Term] = (CrossEntropy(context.Real.ClassLogits, context.RealLabels, "real") + CrossEntropy(context.Fake.ClassLogits, context.FakeLabels, "generated")) * DiscriminatorWeight;
        return terms;
    }

    /// <summary>The game's terms, and "classification": −ln P(class) of the generated sample.</summary>
    /// <inheritdoc/>
    public override LossTerms GeneratorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var terms = Game.GeneratorLoss(context);
        terms[Term] = CrossEntropy(context.Fake.ClassLogits, context.FakeLabels, "generated") * GeneratorWeight;
        return terms;
    }

    private static Tensor CrossEntropy(Tensor? logits, Tensor? labels, string side)
    {
        if (logits is null)
            throw new InvalidOperationException($"{nameof(AuxiliaryClassifier)} needs class logits, but D returned none: return new {nameof(Networks.DiscriminatorOutput)}(logits, {nameof(Networks.DiscriminatorOutput.ClassLogits)}: …) from its forward");
        if (labels is null)
            throw new InvalidOperationException($"{nameof(AuxiliaryClassifier)} needs the classes of {side} samples, but there are none: train on labeled data");
        return functional.cross_entropy(logits, labels, reduction: Reduction.None);
    }
}
