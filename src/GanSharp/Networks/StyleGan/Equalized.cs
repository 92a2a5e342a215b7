using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Networks.StyleGan;

/// <summary>What layers with an equalized learning rate share.</summary>
internal static class Equalized
{
    /// <summary>What leaky ReLU is multiplied with, so that it keeps the scale.</summary>
    internal static readonly double Gain = Math.Sqrt(2);

    /// <summary>Weights from N(0, 1/multiplier²).</summary>
    public static Parameter Weight(long[] shape, double multiplier = 1)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(randn(shape) / multiplier);
        weight.DetachFromDisposeScope();
        return weight;
    }

    /// <summary>The same number everywhere.</summary>
    public static Parameter Constant(long size, double value)
    {
        var constant = new Parameter(full([size], value, ScalarType.Float32));
        constant.DetachFromDisposeScope();
        return constant;
    }

    /// <summary>√2 · leaky ReLU of slope 0.2.</summary>
    public static Tensor Activate(Tensor features) => nn.functional.leaky_relu(features, 0.2) * Gain;

    /// <summary>Each row divided by the root of its mean square.</summary>
    public static Tensor Normalize(Tensor rows) => rows * (rows.square().mean([1], keepdim: true) + 1e-8).rsqrt();
}
