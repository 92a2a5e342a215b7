using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>A stretch of a pair of flat buffers, and of what an optimiser keeps for each value of them.</summary>
internal sealed class FlatSlice(FlatGroup group, Tensor[] slots, long start, long length)
{
    public Tensor Values => group.Values;

    public Tensor Gradients => group.Gradients;

    public Tensor[] Slots => slots;

    public long Start => start;

    public long Length => length;

    /// <summary>Whether the buffers can be read as spans: float32, on the CPU, below 2 GiB.</summary>
    public bool IsManaged { get; } =
        group.Values.dtype == ScalarType.Float32 && group.Values.device_type == TorchSharp.DeviceType.CPU && group.Values.numel() <= int.MaxValue / sizeof(float);

    /// <summary>Part of one of the buffers.</summary>
    /// <param name="buffer">One of this slice's tensors.</param>
    /// <param name="offset">Values of the slice that come before.</param>
    /// <param name="count">Number of values.</param>
    public Span<float> Span(Tensor buffer, int offset, int count) => MemoryMarshal.Cast<byte, float>(buffer.bytes).Slice((int)start + offset, count);
}
