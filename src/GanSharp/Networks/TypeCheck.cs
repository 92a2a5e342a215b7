using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>Checks types before values enter a network, because a matrix product of mismatched types ends the process in TorchSharp 0.107.0.</summary>
internal static class TypeCheck
{
    /// <summary>
    /// Throws where a network has a parameter that can't be combined with float32 samples: any of lower precision, and float64 in one of torch's layers, which don't convert.
    /// A class that registers its own float64 parameters may convert what it computes with them; the trial shows whether it does.
    /// </summary>
    /// <exception cref="NetworkException">The message names the parameter.</exception>
    public static void ThrowIfNotFloat32(Module network)
    {
        var ofLayers = network.modules().Where(module => module.GetType().Namespace == typeof(Linear).Namespace)
            .SelectMany(module => module.parameters(recurse: false)).Select(parameter => parameter.Handle).ToHashSet();
        foreach (var (name, parameter) in network.named_parameters())
            if (parameter.dtype != ScalarType.Float32 && (parameter.dtype != ScalarType.Float64 || ofLayers.Contains(parameter.Handle)))
                throw new NetworkException($"GanSharp trains float32, but parameter '{name}' of {network.GetType().Name} is {parameter.dtype}. Call to(ScalarType.Float32) on the network; to compute in bfloat16, set TrainingOptions.Precision.");
    }
}
