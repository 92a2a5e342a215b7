using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>Types are checked at the border, because a matrix product of unlike types ends the process in TorchSharp 0.107.0.</summary>
internal static class TypeCheck
{
    /// <summary>Throws where a network has a parameter that can't meet float32 samples.</summary>
    /// <exception cref="NetworkException">The message names the parameter.</exception>
    public static void ThrowIfNotFloat32(Module network)
    {
        foreach (var (name, parameter) in network.named_parameters())
            if (parameter.dtype != ScalarType.Float32)
                throw new NetworkException($"GanSharp trains float32, but parameter '{name}' of {network.GetType().Name} is {parameter.dtype}. Call to(ScalarType.Float32) on the network; to compute in bfloat16, set TrainingOptions.Precision.");
    }
}
