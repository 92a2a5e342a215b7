using GanSharp.Networks.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Onnx.Rules;

/// <summary>Fully connected layers and convolutions, and the wrappers that normalize their weights, which become part of the weights.</summary>
internal static class LinearRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<Linear>((layer, scope, input) => Product(scope, input, layer.weight!, layer.bias)),
        OnnxRule.Of<Conv2d>((layer, scope, input) =>
        {
            if (layer.padding_mode != PaddingModes.Zeros || layer.padding is null)
                scope.Refuse("must pad with a given number of zeros to be written as ONNX. Give Conv2d its padding as a number.");
            return Convolution(scope, input, layer.weight, layer.bias, new(layer.stride, layer.padding!, layer.dilation, layer.groups));
        }),
        OnnxRule.Of<ConvTranspose2d>((layer, scope, input) =>
            Convolution(scope, input, layer.weight, layer.bias, new(layer.stride, layer.padding!, layer.dilation, layer.groups, layer.output_padding))),
        OnnxRule.Of<SpectralNorm>(Normalized),
        OnnxRule.Of<WeightNorm>(Normalized),
        OnnxRule.Of<MaximumNorm>((layer, scope, input) =>
        {
            var weight = scope.Tensor("weight");
            return Product(scope, input, weight * (layer.Limit / weight.square().sum([1], keepdim: true).clamp_min(layer.Limit * layer.Limit).sqrt()), scope.Find("bias"));
        }),
    ];

    /// <summary>x Wᵀ + b of rows.</summary>
    public static OnnxValue Product(OnnxScope scope, OnnxValue input, Tensor weight, Tensor? bias)
    {
        // MatMul, because Gemm takes matrices only and Linear also more dimensions.
        var product = scope.Node("MatMul", [input, scope.Constant("weight", weight.t())]);
        return bias is null ? product : scope.Add(product, scope.Constant("bias", bias));
    }

    public static OnnxValue Convolution(OnnxScope scope, OnnxValue input, Tensor weight, Tensor? bias, ConvolutionSteps steps)
    {
        OnnxValue[] inputs = bias is null ? [input, scope.Constant("weight", weight)] : [input, scope.Constant("weight", weight), scope.Constant("bias", bias)];
        var padding = Pair(steps.Padding);
        (string, object)[] attributes =
        [
            ("kernel_shape", weight.shape[2..]), ("strides", Pair(steps.Stride)), ("pads", (long[])[.. padding, .. padding]), ("dilations", Pair(steps.Dilation)), ("group", steps.Groups),
        ];
        return steps.OutputPadding is not { } added ? scope.Node("Conv", inputs, attributes) : scope.Node("ConvTranspose", inputs, [.. attributes, ("output_padding", Pair(added))]);
    }

    private static OnnxValue Normalized(INormalizedLayer layer, OnnxScope scope, OnnxValue input)
    {
        var (weight, bias) = (layer.NormalizedWeight(), scope.Find("bias"));
        return layer.Map.Steps is { } steps ? Convolution(scope, input, layer.Map.Kernel?.Invoke(weight) ?? weight, bias, steps) : Product(scope, input, weight, bias);
    }

    private static long[] Pair(long[] sizes) => sizes is [var both] ? [both, both] : sizes;
}
