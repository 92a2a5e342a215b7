using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// A random change of samples that stands between them and D, for real and generated ones alike, so that a small data set can't be learned by heart and the
/// change itself is not learned by G (Zhao et al. 2020; Karras et al. 2020). Subclass it; one that keeps a state implements <see cref="Tensors.IStateful"/>,
/// and checkpoints then hold it.
/// </summary>
/// <remarks>
/// <para>G doesn't learn the change where augmented distributions that are equal come from distributions that are equal. Flips, turns and rotations by random angles must
/// then leave some samples unchanged (<see cref="AdaptiveAugmentation"/> with p below 1); translation, cutout, color and added noise needn't.</para>
/// <para>What D's logit means changes: at its optimum it is ln p_d/p_g of the augmented distributions, at an augmented sample. Diagnostics measure samples without augmentation.
/// Bounds such as <see cref="Divergences.JensenShannon"/>'s are valid for any D, so they stay lower bounds, only looser; the logit of an unchanged sample is no longer
/// an unbiased ln p_d/p_g, so density ratios, importance weights and rejection sampling need a D that was trained without augmentation, such as an auditor.
/// Where the change leaves both distributions as they are (a flip, where data and generated images are as likely as their mirror images) the ratio stays exact.</para>
/// <para>Penalties such as <see cref="Penalties.R1"/> differentiate D by the samples before the change, so <see cref="Apply(Tensor, Generator)"/> must be built of operators that can be differentiated
/// twice. <c>grid_sample</c> can't; GanSharp's warps are made of <c>gather</c>, which can.</para>
/// </remarks>
public abstract class Augmentation
{
    /// <summary>
    /// DiffAugment with its full policy "color, translation, cutout" (Zhao et al. 2020): <see cref="ColorJitter"/>, <see cref="Translation"/> by up to 1/8 and
    /// <see cref="Cutout"/> of 1/2, with every sample changed. For another policy give some of the three to <see cref="Sequence"/>.
    /// </summary>
    public static Augmentation DiffAugment { get; } = Sequence(new ColorJitter(), new Translation(), new Cutout());

    /// <summary>Puts several together, one after another.</summary>
    /// <param name="parts">At least one.</param>
    /// <returns>An augmentation that hands each part what the one before it returned.</returns>
    public static AugmentationSequence Sequence(params IReadOnlyList<Augmentation> parts) => new(parts);

    /// <summary>
    /// Called before a trainer does anything with the augmentation. One that keeps a state makes it here as it is at the start of a run: the options of a run may serve a second one.
    /// Default: nothing.
    /// </summary>
    public virtual void Begin()
    {
    }

    /// <summary>Changes samples at random.</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="random">Where every draw comes from, on the samples' device: a stream of its own, so that a resumed run draws the same.</param>
    /// <returns>Tensor of the same shape and type, differentiable in the samples.</returns>
    public abstract Tensor Apply(Tensor samples, Generator random);

    /// <summary>The same for one that changes over the run. It is what the trainer calls. Default: <see cref="Apply(Tensor, Generator)"/>.</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="random">Where every draw comes from.</param>
    /// <param name="stepsTaken">Generator steps taken before this one.</param>
    /// <returns>Tensor of the same shape and type, differentiable in the samples.</returns>
    public virtual Tensor Apply(Tensor samples, Generator random, long stepsTaken) => Apply(samples, random);

    /// <summary>
    /// Changes each sample with a probability, and leaves it as it is otherwise: what <see cref="AdaptiveAugmentation"/> asks of each of its transforms. Default: all samples are changed,
    /// and each is replaced by its changed self with that probability. One that consists of several transforms gives each of them a chance of its own.
    /// </summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="random">Where every draw comes from.</param>
    /// <param name="stepsTaken">Generator steps taken before this one.</param>
    /// <param name="probability">A number in [0, 1] as a scalar tensor, so that it may be one that only the device knows.</param>
    /// <returns>Tensor of the same shape and type, differentiable in the samples.</returns>
    public virtual Tensor Apply(Tensor samples, Generator random, long stepsTaken, Tensor probability)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(probability);
        var changed = Apply(samples, random, stepsTaken);
        return where(Draw.Chance(samples, probability, random), changed, samples);
    }

    /// <summary>Receives D's logits of real samples after each of its steps, for an augmentation that adapts (ADA). Default: nothing.</summary>
    /// <param name="real">D's output on the augmented real samples, without gradient. Reading a value out of it makes the step wait for the device.</param>
    public virtual void Observe(DiscriminatorOutput real)
    {
    }
}
