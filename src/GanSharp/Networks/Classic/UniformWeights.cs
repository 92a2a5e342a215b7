using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Classic;

/// <summary>The initial weights of the first GAN.</summary>
internal static class UniformWeights
{
    /// <summary>Weights uniform on [−range, range], biases 0.</summary>
    public static void Start(Module network, double range)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            if (name.EndsWith("bias", StringComparison.Ordinal))
                init.zeros_(parameter);
            else
                init.uniform_(parameter, -range, range);
    }
}
