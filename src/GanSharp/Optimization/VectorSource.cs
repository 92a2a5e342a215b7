using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Values in native memory, read as vectors of float32: float32 or bfloat16 ones, or none, which read as zeros.</summary>
internal readonly unsafe struct VectorSource
{
    private const int BFloat16Shift = 16;
    private readonly float* single;
    private readonly ushort* brain;

    private VectorSource(float* single, ushort* brain)
    {
        this.single = single;
        this.brain = brain;
    }

    /// <summary>Whether a tensor can be read: contiguous, on the CPU, of one of the two types.</summary>
    public static bool Reads(Tensor tensor) =>
        tensor.device_type == TorchSharp.DeviceType.CPU && tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16 && !tensor.is_sparse && tensor.is_contiguous();

    /// <summary>The values of a tensor; zeros without end where there is none.</summary>
    public static VectorSource Of(Tensor? tensor)
    {
        if (tensor is null)
            return default;
        var first = Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        return tensor.dtype == ScalarType.BFloat16 ? new(null, (ushort*)first) : new((float*)first, null);
    }

    /// <summary>The values from one of them on.</summary>
    public VectorSource From(long offset) => new(single == null ? null : single + offset, brain == null ? null : brain + offset);

    /// <summary>A whole vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Load(nuint index)
    {
        if (single != null)
            return Vector.Load(single + index);
        if (brain == null)
            return Vector<float>.Zero;
        // bfloat16 is the upper half of float32.
        if (Vector<float>.Count == Vector256<float>.Count)
            return (Vector256.WidenLower(Vector128.Load(brain + index).ToVector256Unsafe()) << BFloat16Shift).AsSingle().AsVector();
        return LoadPart(index, Vector<float>.Count);
    }

    /// <summary>The last values, fewer than a vector, with zeros behind them: nothing beyond the end is read.</summary>
    public Vector<float> LoadPart(nuint index, int count)
    {
        Span<float> values = stackalloc float[Vector<float>.Count];
        values.Clear();
        for (var at = 0; at < count; at++)
            values[at] = single != null ? single[index + (nuint)at] : brain == null ? 0 : BitConverter.UInt32BitsToSingle((uint)brain[index + (nuint)at] << BFloat16Shift);
        return new Vector<float>(values);
    }
}
