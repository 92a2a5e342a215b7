using GanSharp.Networks.Normalization;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Resampling;

/// <summary>
/// A convolution beside which sides are halved or doubled, computed as one convolution of stride 2: the pixels that resampling repeats or adds up have the same neighbors, so their weights
/// add up to a kernel that is larger by 1. Of n² weights for each pixel of the larger side, (n + 1)²/4 are left: 4 of 9 for 3 × 3.
/// </summary>
public abstract class ResampledConvolution : Module<Tensor, Tensor>
{
    private readonly LinearMap map;
    private readonly bool hasBias;

    /// <summary>Weights of shape [outputChannels, inputChannels, kernelSize, kernelSize] with the initial values of torch's <c>Conv2d</c>.</summary>
    private protected ResampledConvolution(string name, int inputChannels, int outputChannels, int kernelSize, bool hasBias, bool doubles, Func<Tensor, Tensor> kernel)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputChannels, 1);
        if (kernelSize < 1 || kernelSize % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(kernelSize), kernelSize, $"{nameof(kernelSize)} must be odd and at least 1, so that the kernel has a middle.");
        var (_, weight, bias) = LinearMap.Of(Conv2d(inputChannels, outputChannels, kernelSize, bias: hasBias));
        var convolution = LinearMap.Convolution(new([2, 2], [kernelSize / 2, kernelSize / 2], [1, 1], 1, doubles ? [0, 0] : null), outputDimension: 0, kernel);
        map = doubles ? convolution : convolution with { Apply = (input, values, offsets) => convolution.Apply(Even(input), values, offsets) };
        this.hasBias = hasBias;
        // A conversion replaces fields of the class itself, but not those of its base class.
        register_parameter(nameof(weight), weight);
        if (bias is not null)
            register_parameter(nameof(bias), bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return map.Apply(input, Weight, Bias);
    }

    /// <summary>What a normalization, or a file, has to know of it.</summary>
    internal LinearMap Map => map;

    internal Parameter Weight => get_parameter("weight")!;

    internal Parameter? Bias => hasBias ? get_parameter("bias") : null;

    /// <summary>Its map and its values, for a normalization; the layer is disposed.</summary>
    internal (LinearMap Map, Parameter Weight, Parameter? Bias) TakeOver() => LinearMap.Taken(this, Weight, Bias, map);

    private static Tensor Even(Tensor input) => input.dim() == 4 && input.size(2) % 2 == 0 && input.size(3) % 2 == 0 ? input
        : throw new ArgumentException($"input must have shape [N, C, H, W] with even H and W but has {Shape.Format(input.shape)}.", nameof(input));

    /// <summary>Each weight added to the one before it, along both axes: [·, ·, n, n] → [·, ·, n + 1, n + 1].</summary>
    private protected static Tensor Spread(Tensor weight)
    {
        var size = weight.shape[3];
        // Zeros on every side, so that neighbors of the outermost count as 0.
        var padded = functional.pad(weight, (1, 1, 1, 1));
        var rows = padded.narrow(2, 0, size + 1) + padded.narrow(2, 1, size + 1);
        return rows.narrow(3, 0, size + 1) + rows.narrow(3, 1, size + 1);
    }
}
