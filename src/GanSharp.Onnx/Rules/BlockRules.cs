using GanSharp.Networks.Classic;
using GanSharp.Networks.R3Gan;
using GanSharp.Networks.Residual;

namespace GanSharp.Onnx.Rules;

/// <summary>The library's blocks, StyleGAN2's apart.</summary>
internal static class BlockRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<Maxout>((layer, scope, input) =>
            scope.Node("ReduceMax", [scope.Reshape(scope.Call("linear", input), layer.Units, layer.Pieces)], ("axes", (long[])[2]), ("keepdims", 0))),
        OnnxRule.Of<UpResidualBlock>((block, scope, input) =>
        {
            OnnxValue Activated(string norm, OnnxValue features) => scope.Node("Relu", [scope.Call(norm, features)]);
            var inner = scope.Call("conv1", Activated("norm1", input));
            inner = scope.Call("conv2", Activated("norm2", inner));
            var beside = scope.Has("shortcut") ? scope.Call("shortcut", input) : input;
            return scope.Add(inner, block.Upsamples ? ResamplingRules.Doubled(scope, beside) : beside);
        }),
        OnnxRule.Of<SelfAttention2d>((_, scope, input) =>
        {
            OnnxValue Flat(OnnxValue map) => scope.Node("Reshape", [map, scope.Shape(0, 0, -1)]);
            OnnxValue Transposed(OnnxValue value) => scope.Node("Transpose", [value], ("perm", (long[])[0, 2, 1]));
            var products = scope.Node("MatMul", [Transposed(Flat(scope.Call("query", input))), Flat(scope.Call("key", input))]);
            var value = scope.Call("value", input);
            var seen = scope.InShapeOf(scope.Node("MatMul", [Flat(value), Transposed(scope.Node("Softmax", [products], ("axis", 2)))]), value);
            return scope.Add(input, scope.Multiply(scope.Weight("gamma"), scope.Call("output", seen)));
        }),
        OnnxRule.Of<R3GanBlock>((_, scope, input) => scope.Add(input, scope.Call("body", input))),
        OnnxRule.Of<GenerativeBasis>((_, scope, input) => scope.Multiply(scope.Weight("basis"), scope.PerChannel(scope.Call("amounts", input)))),
    ];
}
