using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// The discriminator of DCGAN (Radford, Metz, Chintala 2016): convolutions (4 × 4, stride 2) that halve the image,
/// leaky ReLU (slope 0.2), and one linear unit. Returns a logit; initialized as in the paper.
/// </summary>
public sealed class DcganDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body, head;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4.</param>
    /// <param name="width">Channels of the first feature map; doubled with each halving, up to eight times. Default 64.</param>
    /// <param name="batchNorm">
    /// Batch norm after each convolution but the first, as in the paper. Default false: with it the logit of a sample depends on the
    /// rest of its batch, so D isn't a function of x alone and not a density ratio, and a gradient penalty isn't per sample.
    /// </param>
    /// <exception cref="ArgumentException">The image shape isn't supported.</exception>
    public DcganDiscriminator(ImageShape image, int width = 64, bool batchNorm = false)
        : base(nameof(DcganDiscriminator))
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        body = Sequential(Dcgan.Downsampling(image, width, batchNorm));
        head = Linear(Dcgan.SmallestSize(image, width), 1);
        RegisterComponents();
        Dcgan.Initialize(this);
    }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return head.call(body.call(samples).flatten(1)).squeeze(1);
    }
}
