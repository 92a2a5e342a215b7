using GanSharp.Data.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// The residual discriminator of StyleGAN2 (Karras et al. 2020): a 1 × 1 convolution of the image, blocks that halve (<see cref="StyleGan2Block"/>), a 3 × 3 convolution and two linear layers,
/// with equalized learning rates. The paper trains it with <c>NonSaturating</c> and <c>R1</c> every 16 steps.
/// </summary>
/// <remarks>
/// The paper's comparison of samples within a batch is off by default, because a logit would not be a function of x alone (<see cref="StyleGan2Options.MinibatchGroup"/>). With classes, the
/// logit is the product of what is left of x with a learned vector of the class, over the root of its length.
/// </remarks>
public sealed class StyleGan2Discriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly Embedding? embedding;
    private readonly double embeddingScale;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: at least 1 channel, sides of at least 4. They are halved while whole and at least 4, so sides with few factors of 2 cost more.</param>
    /// <param name="options">Size of the network; the defaults where null.</param>
    /// <param name="classes">Number of classes, at least 1; null (the default) for an unconditional network.</param>
    /// <exception cref="ArgumentException">The image isn't supported, or options are invalid; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public StyleGan2Discriminator(ImageShape image, StyleGan2Options? options = null, int? classes = null)
        : base(nameof(StyleGan2Discriminator))
    {
        if (classes is { } number)
            ArgumentOutOfRangeException.ThrowIfLessThan(number, 1, nameof(classes));
        options ??= new StyleGan2Options();
        var maps = options.Maps(image, nameof(image));
        var (height, width, channels) = maps[^1];
        Classes = classes;
        embedding = classes is { } count ? Embedding(count, channels) : null;
        embeddingScale = 1 / Math.Sqrt(channels);
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("input", new EqualizedConv2d(image.Channels, maps[0].Channels, 1)), ("activation0", new Activation()) };
        foreach (var (from, to) in maps.Zip(maps.Skip(1)))
            layers.Add(($"down{to.Height}x{to.Width}", new StyleGan2Block(from.Channels, to.Channels, from.Height, from.Width)));
        if (options.MinibatchGroup is { } group)
            layers.Add(("deviation", new MinibatchStandardDeviation(group)));
        layers.AddRange(
        [
            ("last", new EqualizedConv2d(options.MinibatchGroup is null ? channels : channels + 1, channels, 3)), ("activation1", new Activation()), ("flatten", Flatten()),
            ("hidden", new EqualizedLinear(channels * height * width, channels)), ("activation2", new Activation()),
            ("head", new EqualizedLinear(channels, classes is null ? 1 : channels)),
        ]);
        body = Sequential(layers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException">The samples, or the labels of a conditional network, are null.</exception>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var values = body.call(samples);
        if (embedding is null)
            return values.squeeze(1);
        ArgumentNullException.ThrowIfNull(labels);
        return (values * Equalized.Normalize(embedding.call(labels))).sum([1]) * embeddingScale;
    }
}
