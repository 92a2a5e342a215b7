using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Normalization;

/// <summary>What a layer does with its weight, apart from the weight: a normalization then gives it another one at each pass.</summary>
/// <param name="OutputDimension">The weight's dimension of output channels: 0, or 1 of a transposed convolution.</param>
/// <param name="Apply">The output for input, weight and bias.</param>
/// <param name="Steps">A convolution's stride, padding, dilation and so on; null of other layers.</param>
/// <param name="Kernel">The kernel that a convolution makes of its weight; null where it is the weight.</param>
internal sealed record LinearMap(int OutputDimension, Func<Tensor, Tensor, Tensor?, Tensor> Apply, ConvolutionSteps? Steps = null, Func<Tensor, Tensor>? Kernel = null)
{
    /// <summary>The map of a convolution.</summary>
    /// <param name="steps">How it goes over its input.</param>
    /// <param name="outputDimension">The weight's dimension of output channels.</param>
    /// <param name="kernel">The kernel that it makes of its weight; null where it is the weight.</param>
    public static LinearMap Convolution(ConvolutionSteps steps, int outputDimension, Func<Tensor, Tensor>? kernel = null) =>
        new(outputDimension, (input, weight, bias) => steps.Apply(input, kernel is null ? weight : kernel(weight), bias), steps, kernel);

    /// <summary>The map of a layer and parameters with its values. The layer is disposed: its weights would otherwise stay in memory beside them.</summary>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Taken(layer, layer.weight!, layer.bias, new(0, functional.linear));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Conv2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.padding_mode != PaddingModes.Zeros || layer.padding is not { } padding)
            throw new ArgumentException($"layer must pad with a given number of zeros but pads {(layer.padding is null ? "by a rule" : $"in the mode {layer.padding_mode}")}. Give Conv2d its padding as a number.", nameof(layer));
        return Taken(layer, layer.weight, layer.bias, Convolution(new(layer.stride, padding, layer.dilation, layer.groups), outputDimension: 0));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(ConvTranspose2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Taken(layer, layer.weight, layer.bias, Convolution(new(layer.stride, layer.padding!, layer.dilation, layer.groups, layer.output_padding), outputDimension: 1));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Embedding layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Taken(layer, layer.weight!, null, new(0, (labels, weight, _) => weight.index_select(0, labels.flatten()).view([.. labels.shape, weight.shape[1]])));
    }

    /// <summary>The weight as a matrix with a row for each output channel.</summary>
    public Tensor Matrix(Tensor weight) => (OutputDimension == 0 ? weight : weight.transpose(0, OutputDimension)).flatten(1);

    /// <summary>A map with copies of a layer's values; the layer is disposed.</summary>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Taken(Module layer, Tensor weight, Tensor? bias, LinearMap map)
    {
        using var frozen = no_grad();
        var taken = (map, Copy(weight), bias is null ? null : Copy(bias));
        layer.Dispose();
        return taken;
    }

    private static Parameter Copy(Tensor values)
    {
        var copy = new Parameter(values.detach().clone(), values.requires_grad);
        // It lives as long as its layer, not as long as a caller's scope.
        copy.DetachFromDisposeScope();
        return copy;
    }
}
