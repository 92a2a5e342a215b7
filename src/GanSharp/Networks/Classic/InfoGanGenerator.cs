using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>
/// InfoGAN's generator (Chen et al. 2016) as Lucic et al. (2018, "Are GANs Created Equal?") used it: fully connected layers of 1024 and 128 · H/4 · W/4 units, transposed convolutions
/// (4 × 4, stride 2) to 64 channels and to the image, batch norm and leaky ReLU (slope 0.2) between them. Weights start from N(0, 0.02²).
/// </summary>
/// <remarks>Where their code ends with a sigmoid for values in [0, 1], this has a tanh for [−1, 1].</remarks>
public sealed class InfoGanGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> dense, body;
    private readonly ImageShape image;

    internal IReadOnlyList<long> SmallestShape => [InfoGan.DeepChannels, image.Height / 4, image.Width / 4];

    /// <summary>A generator of images with values in [−1, 1].</summary>
    /// <param name="image">Shape of an image: 1, 3 or 4 channels, sides multiples of 4.</param>
    /// <param name="latentSize">Length of z. Default 64.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; uniform on [−1, 1] where null.</param>
    /// <exception cref="ArgumentException">The image shape isn't supported.</exception>
    public InfoGanGenerator(ImageShape image, int latentSize = 64, LatentPrior? prior = null)
        : base(nameof(InfoGanGenerator), MlpGenerator.PriorOf(latentSize, prior ?? LatentPrior.Uniform(latentSize)))
    {
        image.ThrowIfUnsupported(nameof(image));
        this.image = image;
        var smallestSize = (long)InfoGan.DeepChannels * (image.Height / 4) * (image.Width / 4);
        dense = Sequential(
            ("linear0", Linear(latentSize, InfoGan.DenseUnits, hasBias: false)), ("norm0", BatchNorm1d(InfoGan.DenseUnits)), ("activation0", LeakyReLU(InfoGan.Slope)),
            ("linear1", Linear(InfoGan.DenseUnits, smallestSize, hasBias: false)), ("norm1", BatchNorm1d(smallestSize)), ("activation1", LeakyReLU(InfoGan.Slope)));
        body = Sequential(
            ("up0", ConvTranspose2d(InfoGan.DeepChannels, InfoGan.ShallowChannels, 4, stride: 2, padding: 1, bias: false)), ("norm", BatchNorm2d(InfoGan.ShallowChannels)), ("activation", LeakyReLU(InfoGan.Slope)),
            ("up1", ConvTranspose2d(InfoGan.ShallowChannels, image.Channels, 4, stride: 2, padding: 1)), ("squash", Tanh()));
        RegisterComponents();
        Dcgan.Initialize(this);
        InfoGan.Initialize(this);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        return body.call(dense.call(latents).view(latents.shape[0], InfoGan.DeepChannels, image.Height / 4, image.Width / 4));
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => new InfoGanGenerator(image, Prior.Size, Prior);
}
