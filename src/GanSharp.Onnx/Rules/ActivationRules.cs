using TorchSharp.Modules;

namespace GanSharp.Onnx.Rules;

/// <summary>Functions of one value.</summary>
internal static class ActivationRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<ReLU>((_, scope, input) => scope.Node("Relu", [input])),
        OnnxRule.Of<LeakyReLU>((layer, scope, input) => scope.Node("LeakyRelu", [input], ("alpha", layer.negative_slope))),
        OnnxRule.Of<PReLU>((layer, scope, input) => scope.InShapeOf(
            scope.Node("PRelu", [scope.Reshape(input, layer.num_parameters, -1), scope.Constant("weight", layer.weight.view(-1, 1))]), input)),
        OnnxRule.Of<Tanh>((_, scope, input) => scope.Node("Tanh", [input])),
        OnnxRule.Of<Sigmoid>((_, scope, input) => scope.Node("Sigmoid", [input])),
        OnnxRule.Of<ELU>((layer, scope, input) => scope.Node("Elu", [input], ("alpha", layer.alpha))),
        OnnxRule.Of<CELU>((layer, scope, input) => scope.Node("Celu", [input], ("alpha", layer.alpha))),
        OnnxRule.Of<SELU>((_, scope, input) => scope.Node("Selu", [input])),
        OnnxRule.Of<SiLU>((_, scope, input) => scope.Multiply(input, scope.Node("Sigmoid", [input]))),
        OnnxRule.Of<Mish>((_, scope, input) => scope.Multiply(input, scope.Node("Tanh", [scope.Node("Softplus", [input])]))),
        OnnxRule.Of<Softsign>((_, scope, input) => scope.Node("Softsign", [input])),
        OnnxRule.Of<Softmax>((layer, scope, input) => scope.Node("Softmax", [input], ("axis", layer.dim))),
        OnnxRule.Of<Softplus>((layer, scope, input) =>
        {
            if (layer.beta == 1)
                return scope.Node("Softplus", [input]);
            var beta = scope.Constant("beta", layer.beta);
            return scope.Node("Div", [scope.Node("Softplus", [scope.Multiply(input, beta)]), beta]);
        }),
        OnnxRule.Of<GELU>(Gelu),
    ];

    /// <summary>x Φ(x); where it is approximated, by a tanh (Hendrycks and Gimpel 2016).</summary>
    private static OnnxValue Gelu(GELU layer, OnnxScope scope, OnnxValue input)
    {
        var (half, one) = (scope.Constant("half", 0.5), scope.Constant("one", 1));
        OnnxValue inner;
        if (layer.approximate == GELU.Approximate.none)
        {
            inner = scope.Node("Erf", [scope.Multiply(input, scope.Constant("root", Math.Sqrt(0.5)))]);
        }
        else
        {
            var cube = scope.Multiply(scope.Multiply(input, input), input);
            var sum = scope.Add(input, scope.Multiply(cube, scope.Constant("cubic", 0.044715)));
            inner = scope.Node("Tanh", [scope.Multiply(sum, scope.Constant("root", Math.Sqrt(2 / Math.PI)))]);
        }
        return scope.Multiply(scope.Multiply(input, half), scope.Add(inner, one));
    }
}
