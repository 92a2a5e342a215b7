using GanSharp.Data.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Residual;

/// <summary>
/// SNGAN's residual discriminator (Miyato et al. 2018, table 4): a <see cref="DownResidualBlock"/> for each halving, two blocks more, ReLU, the sum over all positions, and one linear unit,
/// each with spectral norm. With <c>classes</c>, the projection of Miyato and Koyama (2018): the logit is ψ(φ(x)) + ⟨e_y, φ(x)⟩, with a learned vector e_y for each class.
/// </summary>
/// <remarks>
/// Spectral norm bounds how steep the logit is, and with it the density ratio that it can express; pass <c>spectralNorm: false</c> where a gradient penalty does the regularizing.
/// The output's features are φ(x).
/// </remarks>
public sealed class ResnetDiscriminator : DiscriminatorNetwork
{
    // Of the paper's network, behind those that halve.
    private const int PlainBlocks = 2;
    private readonly ModuleList<DownResidualBlock> blocks = [];
    private readonly Module<Tensor, Tensor> head;
    private readonly Module<Tensor, Tensor>? projection, classifier;
    private readonly SelfAttention2d? attention;
    private readonly int attentionIndex;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4; or one of several samples (<see cref="ImageShape.Packed"/>).</param>
    /// <param name="width">Channels of every feature map up to 32 pixels, at least 1; halved with each doubling beyond. Default 128, as in the paper.</param>
    /// <param name="classes">Number of classes of the projection; labels must then be given. Null (the default) for an unconditional network.</param>
    /// <param name="spectralNorm">Whether each layer has spectral norm. Default true.</param>
    /// <param name="attentionHeight">Height of the feature map that gets <see cref="SelfAttention2d"/>; null (the default) for none. It must be that of a block's output: 16 or 8 for an image of 32.</param>
    /// <param name="auxiliaryClasses">Classes that D tells apart from the image alone, in <see cref="DiscriminatorOutput.ClassLogits"/> (AC-GAN, Odena et al. 2017); null (the default) for no such head. Not beside <paramref name="classes"/>.</param>
    /// <exception cref="ArgumentException">The image shape isn't supported, no block has the <paramref name="attentionHeight"/>, or both numbers of classes were given.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is below 1.</exception>
    public ResnetDiscriminator(ImageShape image, int width = 128, int? classes = null, bool spectralNorm = true, int? attentionHeight = null, int? auxiliaryClasses = null)
        : base(nameof(ResnetDiscriminator))
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Classes = LabelCheck.ClassCount(classes, auxiliaryClasses);
        var count = ResnetPlan.JudgedHalvings(image) + PlainBlocks;
        int HalvingsAfter(int block) => Math.Min(block + 1, count - PlainBlocks);
        attentionIndex = ResnetPlan.AttentionIndex([.. Enumerable.Range(0, count).Select(block => image.Height >> HalvingsAfter(block))], attentionHeight);
        var channels = image.Channels;
        for (var block = 0; block < count; block++)
        {
            var next = ResnetPlan.Channels(image, width, HalvingsAfter(block));
            blocks.Add(new DownResidualBlock(channels, next, spectralNorm, downsamples: block < count - PlainBlocks, isFirst: block == 0));
            channels = next;
            if (block == attentionIndex)
                attention = new SelfAttention2d(channels, spectralNorm);
        }
        head = GlorotLayers.FullyConnected(channels, 1, spectralNorm);
        if (classes is { } conditions)
            projection = GlorotLayers.Table(conditions, channels, spectralNorm);
        if (auxiliaryClasses is { } told)
            classifier = GlorotLayers.FullyConnected(channels, told, spectralNorm);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var features = samples;
        for (var index = 0; index < blocks.Count; index++)
        {
            features = blocks[index].call(features);
            if (index == attentionIndex)
                features = attention!.call(features);
        }
        features = features.relu().sum([2, 3]);
        var logits = head.call(features).squeeze(1);
        if (projection is not null)
            logits += (projection.call(labels ?? throw new ArgumentNullException(nameof(labels))) * features).sum([1]);
        return new DiscriminatorOutput(logits, classifier?.call(features), features);
    }
}
