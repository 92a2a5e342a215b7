using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>SHA-256 of tensors.</summary>
internal static class StateHash
{
    /// <summary>Adds name, type, shape and values of each tensor.</summary>
    public static void Append(this IncrementalHash hash, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        foreach (var (name, value) in tensors)
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.dtype} {Shape.Format(value.shape)}\n"));
            hash.AppendData(Bytes(value));
        }
    }

    /// <summary>The hash of a tensor's values.</summary>
    public static byte[] Of(Tensor value)
    {
        using var scope = NewDisposeScope();
        return SHA256.HashData(Bytes(value));
    }

    private static ReadOnlySpan<byte> Bytes(Tensor value) => value.numel() == 0 ? [] : value.detach().cpu().contiguous().bytes;
}
