using System.Security.Cryptography;
using System.Text;
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
        foreach (var (name, value) in network.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(network.named_buffers()))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.dtype} {Shape.Format(value.shape)}\n"));
            if (value.numel() > 0)
                hash.AppendData(value.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
