using GanSharp.Augmentations;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Consistency;

/// <summary>What the penalties share that want a sample and a changed copy of it judged alike.</summary>
public abstract class TransformedConsistency : DiscriminatorPenalty, IStateful
{
    private protected TransformedConsistency(Augmentation transformation, int everySteps)
    {
        ArgumentNullException.ThrowIfNull(transformation);
        (Transformation, EverySteps) = (transformation, PenaltyRule.EverySteps(everySteps));
    }

    /// <summary>T, which changes a sample but not what it shows.</summary>
    public Augmentation Transformation { get; }

    /// <inheritdoc/>
    public sealed override int EverySteps { get; }

    /// <summary>The state of <see cref="Transformation"/>, in the shapes that it gives; empty where it keeps none.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => InnerState.State(Transformation);

    /// <summary>The numbers of <see cref="Transformation"/>'s state; empty where it keeps none.</summary>
    public double[] Scalars
    {
        get => InnerState.Scalars(Transformation);
        set => InnerState.SetScalars(Transformation, value);
    }

    /// <inheritdoc/>
    public override void Begin(GeneratorNetwork generator, DiscriminatorNetwork discriminator) => Transformation.Begin();

    /// <summary>(l(x) − l(T(x)))² per logit, where the run's own augmentation, if there is one, applies to x alone.</summary>
    private protected Tensor SquaredDifferences(JudgedSamples judged, DiscriminatorPass pass)
    {
        var changed = Transformation.Apply(judged.Samples.detach(), pass.Random, pass.Step);
        return (judged.Logits - pass.Discriminator.call(changed, judged.Labels).Logits).square();
    }
}
