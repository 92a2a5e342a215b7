using GanSharp.Networks;
using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// Applies each transform of a pipeline to each sample with a probability that follows a schedule: ADA's pipeline at a fixed p (Karras et al. 2020), or p that rises over the run, as R3GAN
/// has it (Huang et al. 2024). It suits objectives whose logit has no zero that means "undecided", for which <see cref="AdaptiveAugmentation"/> can't tell overfitting.
/// </summary>
public sealed class ScheduledAugmentation : Augmentation, IStateful
{
    /// <summary>Sets pipeline and schedule.</summary>
    /// <param name="pipeline">Usually a <see cref="AugmentationSequence"/>, whose parts each have a chance of their own.</param>
    /// <param name="probability">p at each generator step, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> leaves 0 to 1 somewhere.</exception>
    public ScheduledAugmentation(Augmentation pipeline, Schedule probability)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(probability);
        if (!probability.All(value => value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability.ToString(), "probability must be from 0 to 1.");
        (Pipeline, Probability) = (pipeline, probability);
    }

    /// <summary>The transforms.</summary>
    public Augmentation Pipeline { get; }

    /// <summary>p at each generator step, from 0 to 1.</summary>
    public Schedule Probability { get; }

    IReadOnlyList<(string Name, Tensor Value)> IStateful.State => InnerState.State(Pipeline);

    double[] IStateful.Scalars
    {
        get => InnerState.Scalars(Pipeline);
        set => InnerState.SetScalars(Pipeline, value);
    }

    /// <inheritdoc/>
    public override void Begin() => Pipeline.Begin();

    /// <summary>At the probability of step 0.</summary>
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random) => Apply(samples, random, stepsTaken: 0);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Probability.At(stepsTaken) is > 0 and var probability ? Pipeline.Apply(samples, random, stepsTaken, full([], probability, ScalarType.Float32, samples.device)) : samples;
    }

    /// <inheritdoc/>
    public override void Observe(DiscriminatorOutput real) => Pipeline.Observe(real);
}
