using GanSharp.Mpi.Native;
using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>What can travel.</summary>
internal static class TensorRules
{
    /// <summary>Throws before any rank waits for this one.</summary>
    public static void ThrowIfUnfit(IReadOnlyList<Tensor> tensors, bool isSum)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        for (var index = 0; index < tensors.Count; index++)
        {
            if (tensors[index] is not { } tensor)
                throw new ArgumentException($"tensors must not hold null but has it at {index}.", nameof(tensors));
            if (tensor.IsInvalid)
                throw new ArgumentException($"tensors must not be disposed but number {index} is.", nameof(tensors));
            if (tensor.is_sparse)
                throw new ArgumentException($"tensors must be dense but number {index} is sparse.", nameof(tensors));
            if (isSum && !CanAdd(tensor.dtype))
                throw new ArgumentException($"tensors to add must be Float32, Float64, Float16, BFloat16 or Int64 but number {index} is {tensor.dtype}.", nameof(tensors));
        }
    }

    private static bool CanAdd(ScalarType type) => Wire.ToAdd(type, Any) is not null;

    private static readonly MpiHandles Any = MpiHandles.Of(MpiFamily.Mpich, 0);
}
