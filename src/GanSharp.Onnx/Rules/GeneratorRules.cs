using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Networks.R3Gan;
using GanSharp.Networks.Residual;

namespace GanSharp.Onnx.Rules;

/// <summary>The library's generators, StyleGAN2's apart.</summary>
internal static class GeneratorRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<AffineGenerator>((_, scope, latents) => scope.Add(scope.Weight("mean"), scope.Multiply(scope.Weight("scale"), latents))),
        OnnxRule.Of<MlpGenerator>((network, scope, latents) =>
        {
            var flat = scope.Call("body", WithClasses(network, scope, latents));
            return network.SampleShape.Count == 1 ? flat : scope.Reshape(flat, [.. network.SampleShape]);
        }),
        OnnxRule.Of<DcganGenerator>((network, scope, latents) =>
            scope.Call("body", scope.Reshape(scope.Call("project", WithClasses(network, scope, latents)), [.. network.SmallestShape]))),
        OnnxRule.Of<InfoGanGenerator>((network, scope, latents) => scope.Call("body", scope.Reshape(scope.Call("dense", latents), [.. network.SmallestShape]))),
        OnnxRule.Of<Goodfellow2014Generator>((network, scope, latents) => scope.Reshape(
            scope.Subtract(scope.Multiply(scope.Call("body", latents), scope.Constant("range", 2)), scope.Constant("offset", 1)), [.. network.SampleShape])),
        OnnxRule.Of<ResnetGenerator>((network, scope, latents) =>
        {
            var features = scope.Reshape(scope.Call("project", latents), [.. network.SmallestShape]);
            for (var index = 0; scope.Within("blocks").Has($"{index}"); index++)
            {
                features = scope.Call($"blocks.{index}", features);
                if (index == network.AttentionIndex)
                    features = scope.Call("attention", features);
            }
            return scope.Node("Tanh", [scope.Call("output", scope.Node("Relu", [scope.Call("norm", features)]))]);
        }),
        OnnxRule.Of<R3GanGenerator>((network, scope, latents) => scope.Call("body", network.Classes is null ? latents : scope.Join(latents, scope.LookUp("embedding")))),
    ];

    private static OnnxValue WithClasses(GeneratorNetwork network, OnnxScope scope, OnnxValue latents) =>
        network.Classes is { } classes ? scope.Join(latents, scope.ClassCodes(classes)) : latents;
}
