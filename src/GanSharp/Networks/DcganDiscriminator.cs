using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// The discriminator of DCGAN (Radford, Metz, Chintala 2016): convolutions (4 × 4, stride 2) that halve the image,
/// leaky ReLU (slope 0.2), and one linear unit. Returns a logit; initialized as in the paper.
/// With classes, the image gets one channel more, which is learned for each class (a conditional GAN, Mirza and Osindero 2014); with auxiliary classes, D has a second head
/// that tells classes apart (AC-GAN, Odena et al. 2017).
/// </summary>
public sealed class DcganDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body, head;
    private readonly Module<Tensor, Tensor>? classPlanes, classifier;
    private readonly ImageShape image;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4; or one of several samples (<see cref="ImageShape.Packed"/>).</param>
    /// <param name="width">Channels of the first feature map; doubled with each halving, up to eight times. Default 64.</param>
    /// <param name="batchNorm">
    /// Batch norm after each convolution but the first, as in the paper. Default false: with it the logit of a sample depends on the
    /// rest of its batch, so D isn't a function of x alone and not a density ratio, and a gradient penalty isn't per sample.
    /// </param>
    /// <param name="classes">Number of classes that D is conditioned on; labels must then be given. Null (the default) for an unconditional network.</param>
    /// <param name="auxiliaryClasses">
    /// Classes that D tells apart from the image alone: <see cref="DiscriminatorOutput.ClassLogits"/> are then filled, and the smallest feature map, flattened, is in
    /// <see cref="DiscriminatorOutput.Features"/>. Null (the default) for no such head. Not beside <paramref name="classes"/>.
    /// </param>
    /// <exception cref="ArgumentException">The image shape isn't supported, or both numbers of classes were given.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is below 1.</exception>
    public DcganDiscriminator(ImageShape image, int width = 64, bool batchNorm = false, int? classes = null, int? auxiliaryClasses = null)
        : base(nameof(DcganDiscriminator))
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        this.image = image;
        Classes = LabelCheck.ClassCount(classes, auxiliaryClasses);
        body = Sequential(Dcgan.Downsampling(classes is null ? image : image with { Channels = image.Channels + 1 }, width, batchNorm));
        head = Linear(Dcgan.SmallestSize(image, width), 1);
        if (classes is { } conditions)
            classPlanes = Embedding(conditions, image.Height * image.Width);
        if (auxiliaryClasses is { } told)
            classifier = Linear(Dcgan.SmallestSize(image, width), told);
        RegisterComponents();
        Dcgan.Initialize(this);
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (classPlanes is not null)
        {
            ArgumentNullException.ThrowIfNull(labels);
            samples = cat([samples, classPlanes.call(labels).view(-1, 1, image.Height, image.Width).to(samples.dtype)], 1);
        }
        var features = body.call(samples).flatten(1);
        var logits = head.call(features).squeeze(1);
        return classifier is null ? logits : new DiscriminatorOutput(logits, classifier.call(features), features);
    }
}
