using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>
/// The generator of the first GAN (Goodfellow et al. 2014) as in its published code for MNIST: two hidden layers of rectified linear units, and a sigmoid whose values in [0, 1] are stretched to [−1, 1].
/// All weights start uniform on [−0.05, 0.05], biases at 0.
/// </summary>
/// <remarks>Its discriminator is <see cref="MaxoutDiscriminator(ImageShape, int, int, double, double, int?, double?)"/>. A tanh in place of the sigmoid has twice its slope, and with the paper's SGD the pair then learns nothing.</remarks>
public sealed class Goodfellow2014Generator : GeneratorNetwork
{
    private const double InitialRange = 0.05;
    private readonly Module<Tensor, Tensor> body;
    private readonly ImageShape image;
    private readonly int width;

    internal IReadOnlyList<long> SampleShape => [image.Channels, image.Height, image.Width];

    /// <summary>A generator of images with values in [−1, 1].</summary>
    /// <param name="image">Shape of an image; the paper's are 1 × 28 × 28.</param>
    /// <param name="latentSize">Length of z, at least 1. Default 100, as published.</param>
    /// <param name="width">Units of each hidden layer, at least 1. Default 1,200, as published.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; uniform with variance 1, on [−√3, √3], where null, as published.</param>
    /// <exception cref="ArgumentException"><paramref name="prior"/> has another size than <paramref name="latentSize"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="latentSize"/> or <paramref name="width"/> is below 1.</exception>
    public Goodfellow2014Generator(ImageShape image, int latentSize = 100, int width = 1_200, LatentPrior? prior = null)
        : base(nameof(Goodfellow2014Generator), MlpGenerator.PriorOf(latentSize, prior ?? LatentPrior.Uniform(latentSize, Math.Sqrt(3))))
    {
        (this.image, this.width) = (image, width);
        var layers = Mlp.Layers(latentSize, width, image.Size, hiddenLayers: 2, () => ReLU());
        layers.Add(("squash", Sigmoid()));
        body = Sequential(layers);
        RegisterComponents();
        UniformWeights.Start(this, InitialRange);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var scope = NewDisposeScope();
        return (2 * body.call(latents) - 1).view([latents.shape[0], .. SampleShape]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => new Goodfellow2014Generator(image, Prior.Size, width, Prior);
}
