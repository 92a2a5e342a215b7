using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>Where a tensor's values are, on the CPU or on a GPU. TorchSharp's own accessors copy, or refuse more than 2 GB.</summary>
internal static unsafe class TensorAddress
{
    private static readonly Lazy<nint> Function = new(() => NativeLibrary.GetExport(NativeLibrary.Load("LibTorchSharp", typeof(Tensor).Assembly, null), "THSTensor_data"));

    public static nint Of(Tensor tensor)
    {
        var address = ((delegate* unmanaged[Cdecl]<nint, nint>)Function.Value)(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
    }

    /// <summary>Whether the values lie in memory that the CPU reads, one after the other, as they are.</summary>
    public static bool IsPlain(Tensor tensor) => tensor.device_type == DeviceType.CPU && tensor.is_contiguous() && !tensor.is_complex();
}
