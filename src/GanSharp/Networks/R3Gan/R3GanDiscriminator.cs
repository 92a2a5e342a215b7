using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>
/// The discriminator of R3GAN (Huang et al. 2024): a 1 × 1 convolution of the image, residual blocks (<see cref="R3GanBlock"/>) between bilinear halvings, and
/// <see cref="DiscriminativeBasis"/>. No layer looks at other samples of the batch, so the logit is a function of x alone, and penalties on its gradient are per sample.
/// </summary>
/// <remarks>
/// It differs from the authors' code (github.com/brownvc/R3GAN, R3GAN/Networks.py) in the same points as <see cref="R3GanGenerator"/>. With classes, the logit is the product of what is left
/// of x with a learned vector of the class (projection, Miyato and Koyama 2018), without an unconditional term, as in that code.
/// </remarks>
public sealed class R3GanDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly Module<Tensor, Tensor>? embedding;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: at least 1 channel, sides of at least 4. They are halved while whole and at least 4, so sides with few factors of 2 cost more.</param>
    /// <param name="options">Size of the network; the defaults where null.</param>
    /// <param name="classes">Number of classes, at least 1; null (the default) for an unconditional network. The vector of a class is as long as the smallest map has channels.</param>
    /// <exception cref="ArgumentException">The image isn't supported, or options are invalid; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public R3GanDiscriminator(ImageShape image, R3GanOptions? options = null, int? classes = null)
        : base(nameof(R3GanDiscriminator))
    {
        if (classes is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(classes));
        options ??= new R3GanOptions();
        var maps = options.Maps(image, nameof(image));
        var smallest = maps[^1];
        Classes = classes;
        embedding = classes is null ? null : Embedding(classes.Value, smallest.Channels).Scaled(1 / Math.Sqrt(smallest.Channels));
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("input", Conv2d(image.Channels, maps[0].Channels, 1, bias: false).Scaled()) };
        for (var level = 0; level < maps.Count; level++)
        {
            layers.AddRange(R3GanLayers.Blocks(maps[level], options, maps.Count));
            if (level < maps.Count - 1)
                layers.AddRange(R3GanLayers.Halving(maps[level], maps[level + 1]));
        }
        layers.Add(("basis", new DiscriminativeBasis(smallest.Channels, smallest.Height, smallest.Columns, classes is null ? 1 : smallest.Channels)));
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
        return (values * embedding.call(labels)).sum([1]);
    }
}
