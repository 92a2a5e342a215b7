using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>
/// InfoGAN's discriminator (Chen et al. 2016) as Lucic et al. (2018) used it: convolutions (4 × 4, stride 2) to 64 and to 128 channels, a fully connected layer of 1024 units, each with
/// leaky ReLU (slope 0.2), and one linear unit. Returns a logit; the output's features are the 1024 units. Weights start from N(0, 0.02²).
/// </summary>
public sealed class InfoGanDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body, head;

    /// <summary>A discriminator of images.</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4; or one of several samples (<see cref="ImageShape.Packed"/>).</param>
    /// <param name="batchNorm">
    /// Batch norm after the second convolution and the fully connected layer, as in Lucic et al. Default false: with it the logit of a sample depends on the
    /// rest of its batch, so D isn't a function of x alone and not a density ratio, and a gradient penalty isn't per sample.
    /// </param>
    /// <exception cref="ArgumentException">The image shape isn't supported.</exception>
    public InfoGanDiscriminator(ImageShape image, bool batchNorm = false)
        : base(nameof(InfoGanDiscriminator))
    {
        image.ThrowIfUnsupported(nameof(image));
        var layers = new List<(string, Module<Tensor, Tensor>)>
        {
            ("conv0", Conv2d(image.Channels, InfoGan.ShallowChannels, 4, stride: 2, padding: 1)), ("activation0", LeakyReLU(InfoGan.Slope)),
            ("conv1", Conv2d(InfoGan.ShallowChannels, InfoGan.DeepChannels, 4, stride: 2, padding: 1, bias: !batchNorm)),
        };
        if (batchNorm)
            layers.Add(("norm1", BatchNorm2d(InfoGan.DeepChannels)));
        layers.AddRange([("activation1", LeakyReLU(InfoGan.Slope)), ("flatten", Flatten()),
            ("linear", Linear((long)InfoGan.DeepChannels * (image.Height / 4) * (image.Width / 4), InfoGan.DenseUnits, hasBias: !batchNorm))]);
        if (batchNorm)
            layers.Add(("norm2", BatchNorm1d(InfoGan.DenseUnits)));
        layers.Add(("activation2", LeakyReLU(InfoGan.Slope)));
        body = Sequential(layers);
        head = Linear(InfoGan.DenseUnits, 1);
        RegisterComponents();
        Dcgan.Initialize(this);
        InfoGan.Initialize(this);
    }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var features = body.call(samples);
        return new DiscriminatorOutput(head.call(features).squeeze(1), Features: features);
    }
}
