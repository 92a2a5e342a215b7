using GanSharp.Mpi.Native;
using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>How values travel.</summary>
/// <param name="Type">As tensors: the type that tensors have, or a wider one to add in.</param>
/// <param name="Handle">MPI's name for one unit.</param>
/// <param name="Units">Units of a value.</param>
/// <param name="Size">Bytes of a value.</param>
internal sealed record Wire(ScalarType Type, nint Handle, int Units, long Size)
{
    /// <summary>For sums: halves are added as float32 and rounded once, since MPI has no type for them.</summary>
    /// <returns>Null where there are no sums of the type.</returns>
    public static Wire? ToAdd(ScalarType type, MpiHandles handles) => type switch
    {
        ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 => new(ScalarType.Float32, handles.Float, 1, sizeof(float)),
        ScalarType.Float64 => new(ScalarType.Float64, handles.Double, 1, sizeof(double)),
        ScalarType.Int64 => new(ScalarType.Int64, handles.Int64, 1, sizeof(long)),
        _ => null,
    };

    /// <summary>For copies: bytes of whatever type.</summary>
    public static Wire ToCopy(Tensor tensor, MpiHandles handles) => new(tensor.dtype, handles.Byte, (int)tensor.element_size(), tensor.element_size());
}
