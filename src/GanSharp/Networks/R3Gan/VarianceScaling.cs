using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Networks.R3Gan;

/// <summary>Initial weights from N(0, (gain/√fan-in)²), biases 0: a layer then keeps the variance of what it is given, times gain² (He et al. 2015).</summary>
internal static class VarianceScaling
{
    /// <summary>√(2/(1 + 0.2²)): what leaky ReLU of slope 0.2 takes from the root of the second moment.</summary>
    public static readonly double LeakyReluGain = Math.Sqrt(2 / (1 + 0.2 * 0.2));

    public static Conv2d Scaled(this Conv2d layer, double gain = 1)
    {
        Start(layer.weight!, layer.bias, gain);
        return layer;
    }

    public static Linear Scaled(this Linear layer, double gain = 1)
    {
        Start(layer.weight!, layer.bias, gain);
        return layer;
    }

    /// <summary>The rows of a table of classes are those of a linear layer that is given one-hot vectors, so the fan-in is the number of classes.</summary>
    public static Embedding Scaled(this Embedding table, double gain = 1)
    {
        using var frozen = no_grad();
        nn.init.normal_(table.weight!, 0, gain / Math.Sqrt(table.weight!.shape[0]));
        return table;
    }

    private static void Start(Tensor weight, Tensor? bias, double gain)
    {
        using var frozen = no_grad();
        if (gain == 0)
            nn.init.zeros_(weight);
        else
            nn.init.normal_(weight, 0, gain / Math.Sqrt(weight.numel() / weight.shape[0]));
        if (bias is not null)
            nn.init.zeros_(bias);
    }
}
