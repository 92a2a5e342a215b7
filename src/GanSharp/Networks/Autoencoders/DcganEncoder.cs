using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Autoencoders;

/// <summary>The convolutions of <see cref="DcganDiscriminator"/> with a linear layer to z at their end: the counterpart of <see cref="DcganGenerator"/>.</summary>
public sealed class DcganEncoder : EncoderNetwork
{
    private readonly Module<Tensor, Tensor> body, head;

    /// <summary>An encoder of images.</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4.</param>
    /// <param name="latentSize">Length of z, at least 1.</param>
    /// <param name="width">Channels of the first feature map; doubled with each halving, up to eight times. Default 64.</param>
    /// <exception cref="ArgumentException">The image shape isn't supported.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is below 1.</exception>
    public DcganEncoder(ImageShape image, int latentSize, int width = 64)
        : base(nameof(DcganEncoder), latentSize)
    {
        image.ThrowIfUnsupported(nameof(image));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        body = Sequential(Dcgan.Downsampling(image, width, batchNorm: false));
        head = Linear(Dcgan.SmallestSize(image, width), 2 * latentSize);
        RegisterComponents();
        Dcgan.Initialize(this);
    }

    /// <inheritdoc/>
    public override LatentGaussian forward(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Split(head.call(body.call(samples).flatten(1)));
    }
}
