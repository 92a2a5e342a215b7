using GanSharp.Data.Images;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// A fully connected generator: ReLU hidden layers and, for images, a tanh at the end. With classes, the one-hot code of the class is appended to z (Mirza and Osindero 2014).
/// Weights keep TorchSharp's default initialization for Linear (Kaiming uniform).
/// </summary>
public sealed class MlpGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly long[] sampleShape;
    private readonly Func<MlpGenerator> cloneArchitecture;

    internal IReadOnlyList<long> SampleShape => sampleShape;

    /// <summary>A generator of points with <paramref name="outputSize"/> coordinates, unbounded.</summary>
    /// <param name="latentSize">Length of z.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="outputSize">Coordinates of a sample, at least 1.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3; with fewer, 25 modes are hard to separate.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; standard normal where null.</param>
    /// <param name="classes">Number of classes; labels must then be given. Null (the default) for an unconditional network.</param>
    public MlpGenerator(int latentSize, int width, int outputSize, int hiddenLayers = 3, LatentPrior? prior = null, int? classes = null)
        : this(latentSize, width, [outputSize], outputSize, hiddenLayers, prior, isImage: false, classes)
    {
    }

    /// <summary>A generator of images with values in [−1, 1].</summary>
    /// <param name="latentSize">Length of z.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="image">Shape of an image.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3.</param>
    /// <param name="prior">p(z), of size <paramref name="latentSize"/>; standard normal where null.</param>
    /// <param name="classes">Number of classes; labels must then be given. Null (the default) for an unconditional network.</param>
    public MlpGenerator(int latentSize, int width, ImageShape image, int hiddenLayers = 3, LatentPrior? prior = null, int? classes = null)
        : this(latentSize, width, [image.Channels, image.Height, image.Width], image.Size, hiddenLayers, prior, isImage: true, classes)
    {
    }

    private MlpGenerator(int latentSize, int width, long[] sampleShape, int outputSize, int hiddenLayers, LatentPrior? prior, bool isImage, int? classes)
        : base(nameof(MlpGenerator), PriorOf(latentSize, prior))
    {
        this.sampleShape = sampleShape;
        Classes = LabelCheck.ClassCount(classes);
        cloneArchitecture = () => new MlpGenerator(latentSize, width, sampleShape, outputSize, hiddenLayers, Prior, isImage, classes);
        var layers = Mlp.Layers(latentSize + (classes ?? 0), width, outputSize, hiddenLayers, () => ReLU());
        if (isImage)
            layers.Add(("squash", Tanh()));
        body = Sequential(layers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override bool TakesMixtures => Classes is not null;

    /// <inheritdoc/>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        var flat = body.call(Classes is { } classes ? ClassVectors.Append(latents, labels, classes) : latents);
        return sampleShape.Length == 1 ? flat : flat.view([flat.shape[0], .. sampleShape]);
    }

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => cloneArchitecture();

    internal static LatentPrior PriorOf(int latentSize, LatentPrior? prior)
    {
        if (prior is not null && prior.Size != latentSize)
            throw new ArgumentException($"prior must have the latentSize {latentSize} but has size {prior.Size}.", nameof(prior));
        return prior ?? LatentPrior.Normal(latentSize);
    }
}
