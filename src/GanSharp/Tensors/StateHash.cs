using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>SHA-256 of tensors with their names.</summary>
internal static class StateHash
{
    /// <summary>Adds name, type, shape and values of each tensor.</summary>
    public static void Append(this IncrementalHash hash, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        foreach (var (name, value) in tensors)
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.dtype} {Shape.Format(value.shape)}\n"));
            if (value.numel() > 0)
                hash.AppendData(value.detach().cpu().contiguous().bytes);
        }
    }
}
