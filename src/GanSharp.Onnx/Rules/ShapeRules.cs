using TorchSharp.Modules;

namespace GanSharp.Onnx.Rules;

/// <summary>Layers that pass values on, alone or in another shape.</summary>
internal static class ShapeRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<Sequential>((layers, scope, input) => layers.named_children().Aggregate(input, (value, layer) => scope.Call(layer.name, value))),
        OnnxRule.Of<Identity>((_, _, input) => input),
        // Dropout does nothing in evaluation mode.
        OnnxRule.Of<Dropout>((_, _, input) => input),
        OnnxRule.Of<Dropout1d>((_, _, input) => input),
        OnnxRule.Of<Dropout2d>((_, _, input) => input),
        OnnxRule.Of<AlphaDropout>((_, _, input) => input),
        OnnxRule.Of<FeatureAlphaDropout>((_, _, input) => input),
        OnnxRule.Of<Flatten>((layer, scope, input) =>
        {
            if ((layer.start_dim, layer.end_dim) is not (1, -1))
                scope.Refuse($"must flatten all dimensions but the first to be written as ONNX but flattens {layer.start_dim} to {layer.end_dim}.");
            return scope.Node("Flatten", [input], ("axis", 1));
        }),
        OnnxRule.Of<Unflatten>((layer, scope, input) =>
        {
            if (layer.dim != 1)
                scope.Refuse($"must unflatten dimension 1 of a matrix to be written as ONNX but unflattens dimension {layer.dim}.");
            return scope.Reshape(input, layer.unflattened_size);
        }),
        OnnxRule.Of<PixelShuffle>((layer, scope, input) => scope.Node("DepthToSpace", [input], ("blocksize", layer.upscale_factor), ("mode", "CRD"))),
    ];
}
