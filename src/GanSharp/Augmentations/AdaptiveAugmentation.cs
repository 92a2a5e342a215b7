using GanSharp.Communication;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// Adaptive discriminator augmentation, ADA (Karras et al. 2020): each transform of a pipeline is applied to each sample with probability p, and p follows how far D overfits. The measure is
/// r = E[sign l(x)] over augmented real samples, l the logit: 0 where D can't tell them from generated ones, 1 where it recognizes every one. Every <see cref="EveryObservations"/> steps of D,
/// p rises where r is above <see cref="Target"/> and falls where it is below, by the images seen since over <see cref="ImagesToFull"/>, within 0 and <see cref="LargestProbability"/>.
/// </summary>
/// <remarks>
/// <para>p and the sum of signs are tensors on the device: neither reading logits nor drawing with p makes a step wait for it. Both are in checkpoints, so a resumed run goes on bit for bit.
/// A new trainer begins with p = 0, and one object serves one trainer at a time.</para>
/// <para>It needs an objective whose logit is 0 where D is undecided: minimax, non-saturating, hinge, least squares with ±1. The logits of <see cref="Objectives.RelativisticPaired"/> and
/// <see cref="Objectives.Wasserstein"/> have no zero of their own, so r means nothing there; use <see cref="ScheduledAugmentation"/>.</para>
/// <para>Not from the paper: p is held at or below <see cref="LargestProbability"/>, while the authors let it exceed 1; the pipeline's own differences are stated at <see cref="Pipeline"/>. The paper's other
/// measure, r_v, compares logits of training and held-out samples; D's steps see no held-out ones, so it would cost another pass of D and is left out.</para>
/// <para>With several processes r is that of all ranks' samples, so that p is the same on each.</para>
/// </remarks>
public sealed class AdaptiveAugmentation : Augmentation, IStateful, IDisposable
{
    private readonly Tensor probability, signs, overfitting;
    private long observations;
    private double imagesObserved;

    /// <summary>Begins with p = 0.</summary>
    /// <param name="pipeline">The transforms; null (the default) for <see cref="DefaultPipeline"/>. A <see cref="AugmentationSequence"/> gives each of its parts a chance of its own.</param>
    /// <param name="device">The device on which the networks train; null (the default) for the CPU.</param>
    public AdaptiveAugmentation(Augmentation? pipeline = null, Device? device = null)
    {
        using var scope = NewDisposeScope();
        Pipeline = pipeline ?? DefaultPipeline;
        Tensor Zero() => zeros([], ScalarType.Float32, device ?? CPU).DetachFromDisposeScope();
        (probability, signs, overfitting) = (Zero(), Zero(), Zero());
    }

    /// <summary>
    /// The set "bgc" that the paper chose: pixel blitting (<see cref="HorizontalFlip"/>, <see cref="QuarterTurn"/>, <see cref="Translation"/> by up to 1/8 with a reflected border),
    /// geometric transforms (<see cref="AffineWarp"/>) and color (<see cref="ColorTransform"/>). It differs from the authors' in three ways: blitting and geometric transforms aren't composed into one matrix, images aren't
    /// filtered by a wavelet when they are sampled, and there are neither filters of image frequencies nor corruptions, which the paper tried and left out; for those use <see cref="InstanceNoise"/> and <see cref="Cutout"/>.
    /// </summary>
    public static AugmentationSequence DefaultPipeline { get; } = Sequence(new HorizontalFlip(), new QuarterTurn(), new Translation(reflects: true), new AffineWarp(), new ColorTransform());

    /// <summary>The transforms.</summary>
    public Augmentation Pipeline { get; }

    /// <summary>r at which p stays as it is, above −1 and below 1. Default 0.6, the paper's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't above -1 and below 1.</exception>
    public double Target
    {
        get;
        init => field = value is > -1 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Target), value, "Target must be above -1 and below 1.");
    } = 0.6;

    /// <summary>Real samples in which p can rise from 0 to 1, above 0. Default 500,000, the paper's; for runs of fewer images take a tenth of the run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't finite and above 0.</exception>
    public double ImagesToFull
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(ImagesToFull), value, "ImagesToFull must be finite and above 0.");
    } = 500_000;

    /// <summary>Steps of D between two changes of p, at least 1. Default 4, the paper's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't at least 1.</exception>
    public int EveryObservations
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(EveryObservations), value, "EveryObservations must be at least 1.");
    } = 4;

    /// <summary>Largest p, above 0 and at most 1. Default 0.8: beyond it the paper saw augmentations leak into generated images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't above 0 and at most 1.</exception>
    public double LargestProbability
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LargestProbability), value, "LargestProbability must be above 0 and at most 1.");
    } = 0.8;

    IReadOnlyList<(string Name, Tensor Value)> IStateful.State =>
        [("probability", probability), ("signs", signs), ("overfitting", overfitting), .. InnerState.State(Pipeline).Select(entry => ($"pipeline.{entry.Name}", entry.Value))];

    double[] IStateful.Scalars
    {
        get => [observations, imagesObserved, .. InnerState.Scalars(Pipeline)];
        set
        {
            (observations, imagesObserved) = ((long)value[0], value[1]);
            InnerState.SetScalars(Pipeline, value[2..]);
        }
    }

    /// <summary>Reads p. It waits for the device, so read it at reports.</summary>
    /// <returns>p, from 0 to <see cref="LargestProbability"/>.</returns>
    public double ReadProbability() => probability.item<float>();

    /// <summary>Reads r as of the last change of p. It waits for the device.</summary>
    /// <returns>r, from −1 to 1; 0 before the first change of p.</returns>
    public double ReadOverfitting() => overfitting.item<float>();

    /// <summary>p is 0 again, and nothing was observed.</summary>
    public override void Begin()
    {
        Pipeline.Begin();
        foreach (var value in new[] { probability, signs, overfitting })
            value.zero_();
        (observations, imagesObserved) = (0, 0);
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random) => Apply(samples, random, stepsTaken: 0);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples are on another device than p.</exception>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if ((samples.device_type, samples.device_index) != (probability.device_type, probability.device_index))
            throw new ArgumentException($"samples must be on {probability.device}, for which AdaptiveAugmentation was made, but are on {samples.device}. Make it with device: the networks' device.", nameof(samples));
        return Pipeline.Apply(samples, random, stepsTaken, probability);
    }

    /// <inheritdoc/>
    public override void Observe(DiscriminatorOutput real)
    {
        ArgumentNullException.ThrowIfNull(real);
        Pipeline.Observe(real);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var size = AcrossRanks.Size;
        signs.add_(AcrossRanks.Mean(real.Logits.sign().sum().to(ScalarType.Float32)) * size);
        imagesObserved += real.Logits.numel() * size;
        if (++observations % EveryObservations != 0)
            return;
        overfitting.copy_(signs / imagesObserved);
        probability.add_((overfitting - Target).sign_() * (imagesObserved / ImagesToFull)).clamp_(0, LargestProbability);
        signs.zero_();
        imagesObserved = 0;
    }

    /// <summary>Releases p and what it is computed from; the pipeline stays.</summary>
    public void Dispose()
    {
        probability.Dispose();
        signs.Dispose();
        overfitting.Dispose();
    }
}
