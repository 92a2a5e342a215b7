using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// A fully connected discriminator with leaky ReLU (slope 0.2) hidden layers. Inputs of any shape are flattened.
/// Weights keep TorchSharp's default initialization for Linear (Kaiming uniform).
/// </summary>
public sealed class MlpDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    /// <summary>A discriminator of samples with <paramref name="inputSize"/> values.</summary>
    /// <param name="inputSize">Values in one sample: coordinates of a point, or channels × height × width of an image.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3.</param>
    public MlpDiscriminator(int inputSize, int width, int hiddenLayers = 3)
        : base(nameof(MlpDiscriminator))
    {
        body = Sequential(Mlp.Layers(inputSize, width, 1, hiddenLayers, () => LeakyReLU(0.2)));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return body.call(samples.flatten(1)).squeeze(1);
    }
}
