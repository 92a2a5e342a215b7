using GanSharp.Networks.Normalization;
using GanSharp.Networks.StyleGan;
using static TorchSharp.torch;

namespace GanSharp.Onnx.Rules;

/// <summary>StyleGAN2's layers and its generator. Its noise is part of the latents, so the file is a function of its inputs alone.</summary>
internal static class StyleGanRules
{
    /// <param name="truncation">ψ.</param>
    public static IReadOnlyList<OnnxRule> All(double truncation) =>
    [
        OnnxRule.Of<Activation>((_, scope, input) => Activated(scope, input)),
        OnnxRule.Of<Blur>(ResamplingRules.Products),
        OnnxRule.Of<EqualizedLinear>((layer, scope, input) => LinearRules.Product(scope, input, scope.Tensor("weight") * layer.Scale, scope.Tensor("bias") * layer.Multiplier)),
        OnnxRule.Of<EqualizedConv2d>((layer, scope, input) => LinearRules.Convolution(scope, input, scope.Tensor("weight") * layer.Scale, scope.Find("bias"), layer.Steps)),
        OnnxRule.OfSeveral<ModulatedConv2d>((layer, scope, inputs) => Modulated(layer, scope, inputs[0], inputs[1])),
        OnnxRule.OfSeveral<StyledLayer>((_, scope, inputs) =>
        {
            var result = scope.Add(scope.Call("convolution", inputs[0], inputs[1]), Bias(scope, "bias", scope.Tensor("bias")));
            return Activated(scope, inputs is [_, _, var noise] ? scope.Add(result, scope.Multiply(noise, scope.Weight("strength"))) : result);
        }),
        OnnxRule.Of<MappingNetwork>((_, scope, latents) => scope.Call("layers",
            scope.Has("embedding") ? scope.Join(Normalized(scope, latents), Normalized(scope, scope.LookUp("embedding"))) : Normalized(scope, latents))),
        OnnxRule.OfSeveral<SynthesisNetwork>((network, scope, inputs) => Synthesized(network, scope, inputs[0], inputs is [_, var noise] ? noise : null)),
        OnnxRule.Of<StyleGan2Generator>((network, scope, latents) =>
        {
            var styles = scope.Call("mapping", scope.Slice(latents, 0, network.LatentSize));
            if (truncation != 1)
            {
                var mean = scope.Within("mapping").Weight("mean");
                styles = scope.Add(mean, scope.Multiply(scope.Node("Sub", [styles, mean]), scope.Constant("truncation", truncation)));
            }
            return network.NoiseSize == 0 ? scope.Call("synthesis", styles)
                : scope.Call("synthesis", styles, scope.Slice(latents, network.LatentSize, network.LatentSize + network.NoiseSize));
        }),
    ];

    private static OnnxValue Activated(OnnxScope scope, OnnxValue input) =>
        scope.Multiply(scope.Node("LeakyRelu", [input], ("alpha", 0.2)), scope.Constant("gain", Equalized.Gain));

    /// <summary>Each row divided by the root of its mean square.</summary>
    private static OnnxValue Normalized(OnnxScope scope, OnnxValue rows)
    {
        var mean = scope.Node("ReduceMean", [scope.Multiply(rows, rows)], ("axes", (long[])[1]), ("keepdims", 1));
        return scope.Node("Div", [rows, scope.Node("Sqrt", [scope.Add(mean, scope.Constant("epsilon", 1e-8))])]);
    }

    private static OnnxValue Modulated(ModulatedConv2d layer, OnnxScope scope, OnnxValue features, OnnxValue styles)
    {
        var kernel = scope.Tensor("weight") * layer.Scale;
        var scales = scope.Call("style", styles);
        var scaled = scope.Multiply(features, scope.PerChannel(scales));
        var result = layer.Doubles
            ? scope.Call("blur", LinearRules.Convolution(scope, scaled, kernel.transpose(0, 1), null, new([2, 2], [0, 0], [1, 1], 1, [0, 0])))
            : LinearRules.Convolution(scope, scaled, kernel, null, new ConvolutionSteps([1, 1], layer.Padding, [1, 1], 1));
        if (!layer.Demodulates)
            return result;
        var energy = scope.Node("MatMul", [scope.Multiply(scales, scales), scope.Constant("energy", kernel.square().sum([2, 3]).t())]);
        return scope.Node("Div", [result, scope.PerChannel(scope.Node("Sqrt", [scope.Add(energy, scope.Constant("epsilon", ModulatedConv2d.Epsilon))]))]);
    }

    private static OnnxValue Synthesized(SynthesisNetwork network, OnnxScope scope, OnnxValue styles, OnnxValue? noise)
    {
        var first = 0L;
        OnnxValue Layer(int index, OnnxValue features)
        {
            if (noise is not { } values)
                return scope.Call($"layers.{index}", features, styles);
            var (height, width) = network.NoiseShapes[index];
            var piece = scope.Reshape(scope.Slice(values, first, first + height * width), 1, height, width);
            first += height * width;
            return scope.Call($"layers.{index}", features, styles, piece);
        }
        OnnxValue Colors(int level, OnnxValue features) => scope.Add(scope.Call($"colors.{level}", features, styles), Bias(scope, $"biases.{level}", network.Biases[level]));
        // Broadcasting gives it the batch of the styles in its first product.
        var features = Layer(0, scope.Constant("constant", scope.Tensor("constant").unsqueeze(0)));
        var image = Colors(0, features);
        for (var level = 1; level < network.Levels; level++)
        {
            features = Layer(2 * level, Layer(2 * level - 1, features));
            image = scope.Add(scope.Call($"doublings.{level - 1}", image), Colors(level, features));
        }
        return image;
    }

    private static OnnxValue Bias(OnnxScope scope, string name, Tensor values) => scope.Constant(name, values.view(-1, 1, 1));
}
