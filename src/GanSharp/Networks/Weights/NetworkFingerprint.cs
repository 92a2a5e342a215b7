using System.Security.Cryptography;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Weights;

/// <summary>A hash of a network's state, by which a report identifies the network.</summary>
public static class NetworkFingerprint
{
    /// <summary>SHA-256 over name, type, shape and values of every parameter and buffer, in the order in which they are registered.</summary>
    /// <param name="network">The network, on any device.</param>
    /// <returns>64 lower-case hexadecimal digits. One changed bit changes it; the mode (training or evaluation) doesn't.</returns>
    public static string Compute(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var frozen = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.Append(network.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(network.named_buffers()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
