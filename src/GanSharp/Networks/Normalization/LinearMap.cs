using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Networks.Normalization;

/// <summary>What a layer does with its weight, apart from the weight: a normalization then gives it another one at each pass.</summary>
/// <param name="OutputDimension">The weight's dimension of output channels: 0, or 1 of a transposed convolution.</param>
/// <param name="IsConvolution">Whether it is a convolution.</param>
/// <param name="Apply">The output for input, weight and bias.</param>
/// <param name="Steps">A convolution's stride, padding, dilation and so on; null of other layers.</param>
/// <param name="Kernel">The kernel that a convolution makes of its weight; null where it is the weight.</param>
internal sealed record LinearMap(int OutputDimension, bool IsConvolution, Func<Tensor, Tensor, Tensor?, Tensor> Apply, ConvolutionSteps? Steps = null, Func<Tensor, Tensor>? Kernel = null)
{
    /// <summary>The map of a layer and parameters with its values. The layer is disposed: its weights would otherwise stay in memory beside them.</summary>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Taken(layer, layer.weight!, layer.bias, new(0, false, functional.linear));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Conv2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.padding_mode != PaddingModes.Zeros || layer.padding is not { } padding)
            throw new ArgumentException($"layer must pad with a given number of zeros but pads {(layer.padding is null ? "by a rule" : $"in the mode {layer.padding_mode}")}. Give Conv2d its padding as a number.", nameof(layer));
        var (stride, dilation, groups) = (layer.stride, layer.dilation, layer.groups);
        return Taken(layer, layer.weight, layer.bias, new(0, true, (input, weight, bias) => functional.conv2d(input, weight, bias, stride, padding, dilation, groups), new(stride, padding, dilation, groups)));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(ConvTranspose2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var (stride, padding, outputPadding, dilation, groups) = (layer.stride, layer.padding!, layer.output_padding, layer.dilation, layer.groups);
        return Taken(layer, layer.weight, layer.bias, new(1, true, (input, weight, bias) => functional.conv_transpose2d(input, weight, bias, stride, padding, outputPadding, dilation, groups), new(stride, padding, dilation, groups, outputPadding)));
    }

    /// <inheritdoc cref="Of(Linear)"/>
    public static (LinearMap Map, Parameter Weight, Parameter? Bias) Of(Embedding layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Taken(layer, layer.weight!, null, new(0, false, (labels, weight, _) => weight.index_select(0, labels.flatten()).view([.. labels.shape, weight.shape[1]])));
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
