using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>The kernels of one layer at the shapes that a pass gave it.</summary>
/// <param name="Layer">A linear layer, a convolution or a transposed one.</param>
/// <param name="Input">Shape of the layer's input.</param>
/// <param name="Output">Shape of its output.</param>
/// <param name="IsFirst">Whether its input is data.</param>
internal sealed record LayerKernels(nn.Module<Tensor, Tensor> Layer, long[] Input, long[] Output, bool IsFirst)
{
    /// <summary>Time in milliseconds and floating-point operations of the kernels asked for.</summary>
    public (Duration Milliseconds, double Operations) Measure(ScalarType type, bool forward, bool weights, bool input, double seconds)
    {
        using var scope = NewDisposeScope();
        var weight = Weight.detach().to(type).clone().requires_grad_(true);
        var x = randn(Input).to(type).requires_grad_(true);
        var upstream = randn(Output).to(type);
        var milliseconds = new Duration(0, 0);
        if (forward)
            using (no_grad())
                milliseconds += Time(() => Apply(x, weight), seconds);
        // Each graph asks for one gradient, so that backward runs one kernel.
        if (weights)
            milliseconds += Backward(Apply(x.detach(), weight), weight, upstream, seconds);
        if (input)
            milliseconds += Backward(Apply(x, weight.detach()), x, upstream, seconds);
        return (milliseconds, Operations * (Convert.ToInt32(forward) + Convert.ToInt32(weights) + Convert.ToInt32(input)));
    }

    private Tensor Weight => Layer switch
    {
        Linear linear => linear.weight!,
        Conv2d convolution => convolution.weight!,
        ConvTranspose2d transposed => transposed.weight!,
        _ => throw new InvalidOperationException($"No kernels are known of {Layer.GetName()}."),
    };

    // Each value of the input meets each weight of its channel in a transposed convolution; each value of the output does in the others.
    private double Operations => Layer is ConvTranspose2d
        ? 2.0 * Input.Aggregate((product, side) => product * side) * Weight.numel() / Input[1]
        : 2.0 * Output.Aggregate((product, side) => product * side) * Weight.numel() / Output[1];

    private Tensor Apply(Tensor x, Tensor weight) => Layer switch
    {
        Linear => linear(x, weight),
        // The benchmark's convolutions are all 4 × 4, stride 2, padding 1.
        Conv2d => conv2d(x, weight, strides: [2, 2], padding: [1, 1]),
        _ => conv_transpose2d(x, weight, strides: [2, 2], padding: [1, 1]),
    };

    private static Duration Backward(Tensor output, Tensor gradientOf, Tensor upstream, double seconds) =>
        Time(() => autograd.grad([output], [gradientOf], [upstream], retain_graph: true, create_graph: false)[0], seconds);

    private static Duration Time(Func<Tensor> kernel, double seconds) => Timing.PerCall(seconds, calls =>
    {
        for (var call = 0; call < calls; call++)
        {
            using var scope = NewDisposeScope();
            kernel();
        }
    });
}
