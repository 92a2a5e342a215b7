using GanSharp.Networks.Resampling;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Onnx.Rules;

/// <summary>Feature maps in another size.</summary>
internal static class ResamplingRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<Upsample>(Upsampled),
        OnnxRule.Of<UpsampleConv2d>(Convolved),
        OnnxRule.Of<ConvMeanPool2d>(Convolved),
        OnnxRule.Of<BilinearUpsampling>(Products),
        OnnxRule.Of<BilinearDownsampling>(Products),
    ];

    /// <summary>A X Bᵀ of each channel.</summary>
    public static OnnxValue Products<TModule>(TModule module, OnnxScope scope, OnnxValue input) =>
        scope.Node("MatMul", [scope.Weight("rows"), scope.Node("MatMul", [input, scope.Weight("columns")])]);

    /// <summary>Each value four times.</summary>
    public static OnnxValue Doubled(OnnxScope scope, OnnxValue input) => Nearest(scope, input, Scales(scope, 2, 2));

    private static OnnxValue Convolved(ResampledConvolution layer, OnnxScope scope, OnnxValue input) =>
        LinearRules.Convolution(scope, input, layer.Map.Kernel!(layer.Weight), layer.Bias, layer.Map.Steps!);

    private static OnnxValue Upsampled(Upsample layer, OnnxScope scope, OnnxValue input)
    {
        var (scales, sizes) = (layer.scale_factor.ToArray(), layer.size.ToArray());
        if (Math.Max(scales.Length, sizes.Length) is not (1 or 2))
            scope.Refuse("must have one size or scale, or one for rows and one for columns, to be written as ONNX.");
        static T[] Pair<T>(T[] values) => values is [var both] ? [both, both] : values;
        var target = sizes.Length > 0 ? Sizes(scope, input, Pair(sizes)) : Scales(scope, Pair(scales));
        if (layer.mode == UpsampleMode.Nearest)
            return Nearest(scope, input, target);
        if (layer.mode != UpsampleMode.Bilinear)
            scope.Refuse($"must be of the mode Nearest or Bilinear to be written as ONNX but is of {layer.mode}.");
        return scope.Node("Resize", [input, .. target], ("mode", "linear"), ("coordinate_transformation_mode", layer.align_corners == true ? "align_corners" : "pytorch_half_pixel"));
    }

    private static OnnxValue Nearest(OnnxScope scope, OnnxValue input, OnnxValue[] target) =>
        scope.Node("Resize", [input, .. target], ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

    /// <summary>Resize's optional inputs: no region, and scales.</summary>
    private static OnnxValue[] Scales(OnnxScope scope, params double[] scales) => [default, scope.Constant("scales", tensor([1f, 1f, .. scales.Select(scale => (float)scale)]))];

    /// <summary>No region, no scales, and sizes; batch and channels stay.</summary>
    private static OnnxValue[] Sizes(OnnxScope scope, OnnxValue input, long[] sizes) =>
        [default, default, scope.Node("Concat", [scope.Node("Slice", [scope.Node("Shape", [input]), scope.Shape(0), scope.Shape(2)]), scope.Shape(sizes)], ("axis", 0))];
}
