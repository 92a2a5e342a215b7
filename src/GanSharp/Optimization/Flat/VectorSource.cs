using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Optimization.Flat;

/// <summary>
/// Where values lie in native memory, and of which type they are: float32, bfloat16, or none, which read as zeros.
/// It doesn't keep its tensor alive: whoever reads does, to the end of the reading.
/// </summary>
/// <param name="Address">Of the first; 0 for none.</param>
/// <param name="IsBFloat16">Or float32.</param>
internal readonly unsafe record struct VectorSource(nint Address, bool IsBFloat16)
{
    /// <summary>Whether a tensor can be read: contiguous, on the CPU, of one of the two types.</summary>
    public static bool Reads(Tensor tensor) =>
        tensor.device_type == TorchSharp.DeviceType.CPU && tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16 && !tensor.is_sparse && tensor.is_contiguous();

    /// <summary>The values of a tensor; zeros without end where there is none.</summary>
    public static VectorSource Of(Tensor? tensor) =>
        tensor is null ? default : new((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes)), tensor.dtype == ScalarType.BFloat16);

    /// <summary>The values from one of them on.</summary>
    public VectorSource From(long offset) =>
        Address == 0 ? this : this with { Address = Address + (nint)offset * (IsBFloat16 ? sizeof(ushort) : sizeof(float)) };
}
