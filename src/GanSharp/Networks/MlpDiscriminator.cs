using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>
/// A fully connected discriminator with leaky ReLU (slope 0.2) hidden layers. Inputs of any shape are flattened.
/// With classes, the one-hot code of the class is appended to the input (Mirza and Osindero 2014).
/// Weights keep TorchSharp's default initialization for Linear (Kaiming uniform).
/// </summary>
public sealed class MlpDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    /// <summary>A discriminator of samples with <paramref name="inputSize"/> values.</summary>
    /// <param name="inputSize">Values in one sample: coordinates of a point, or channels × height × width of an image.</param>
    /// <param name="width">Units of each hidden layer, at least 1.</param>
    /// <param name="hiddenLayers">Number of hidden layers, at least 1. Default 3.</param>
    /// <param name="classes">Number of classes; labels must then be given. Null (the default) for an unconditional network.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public MlpDiscriminator(int inputSize, int width, int hiddenLayers = 3, int? classes = null)
        : base(nameof(MlpDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        Classes = LabelCheck.ClassCount(classes);
        body = Sequential(Mlp.Layers(inputSize + (classes ?? 0), width, 1, hiddenLayers, () => LeakyReLU(0.2)));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var flat = samples.flatten(1);
        return body.call(Classes is { } classes ? ClassVectors.Append(flat, labels, classes) : flat).squeeze(1);
    }
}
