using GanSharp.Data.Images;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Autoencoders;

/// <summary>A fully connected encoder: ReLU hidden layers; the counterpart of <see cref="MlpGenerator"/>.</summary>
public sealed class MlpEncoder : EncoderNetwork
{
    private readonly Module<Tensor, Tensor> body;

    /// <summary>An encoder of points with <paramref name="inputSize"/> coordinates.</summary>
    /// <param name="inputSize">Coordinates of a sample, at least 1.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="latentSize">Length of z, at least 1.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3, as <see cref="MlpGenerator"/>.</param>
    public MlpEncoder(int inputSize, int width, int latentSize, int hiddenLayers = 3)
        : base(nameof(MlpEncoder), latentSize)
    {
        body = Sequential(Mlp.Layers(inputSize, width, 2 * latentSize, hiddenLayers, () => ReLU()));
        RegisterComponents();
    }

    /// <summary>An encoder of images.</summary>
    /// <param name="image">Shape of an image.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="latentSize">Length of z, at least 1.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3.</param>
    public MlpEncoder(ImageShape image, int width, int latentSize, int hiddenLayers = 3)
        : this(image.Size, width, latentSize, hiddenLayers)
    {
    }

    /// <inheritdoc/>
    public override LatentGaussian forward(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Split(body.call(samples.flatten(1)));
    }
}
