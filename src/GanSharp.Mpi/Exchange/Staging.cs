using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Mpi.Exchange;

/// <summary>Brings a bucket's values into one piece of the CPU's memory and back.</summary>
internal sealed unsafe class Staging : IDisposable
{
    private const int Alignment = 64;
    private void* memory;
    private long capacity;

    /// <summary>Lets a function change values that lie one after the other, in place where they do already.</summary>
    /// <param name="bucket">Whose values.</param>
    /// <param name="transfer">Gets the address of the first and the number of values.</param>
    public void Exchange(Bucket bucket, Action<nint, long> transfer)
    {
        var areAsTheyTravel = bucket.Tensors.All(tensor => tensor.dtype == bucket.Wire.Type && TensorAddress.IsPlain(tensor));
        if (areAsTheyTravel && bucket.Tensors is [var one])
            transfer(TensorAddress.Of(one), one.numel());
        else if (areAsTheyTravel)
            ByMemory(bucket, transfer);
        else
            ByTorch(bucket, transfer);
        foreach (var tensor in bucket.Tensors)
            GC.KeepAlive(tensor);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
        capacity = 0;
    }

    private void ByMemory(Bucket bucket, Action<nint, long> transfer)
    {
        var (count, size) = (bucket.Count, bucket.Wire.Size);
        if (capacity < count * size)
        {
            Dispose();
            memory = NativeMemory.AlignedAlloc((nuint)(count * size), Alignment);
            capacity = count * size;
        }
        Copy(bucket, isBack: false);
        transfer((nint)memory, count);
        Copy(bucket, isBack: true);
    }

    private void Copy(Bucket bucket, bool isBack)
    {
        var place = (byte*)memory;
        foreach (var tensor in bucket.Tensors)
        {
            var bytes = tensor.numel() * bucket.Wire.Size;
            var own = (void*)TensorAddress.Of(tensor);
            Buffer.MemoryCopy(isBack ? place : own, isBack ? own : place, bytes, bytes);
            place += bytes;
        }
    }

    /// <summary>Other types, strides and devices: joined where they are, so that a GPU sends and receives once.</summary>
    private static void ByTorch(Bucket bucket, Action<nint, long> transfer)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var first = bucket.Tensors[0].device;
        var home = bucket.Tensors.All(tensor => tensor.device_type == first.type && tensor.device_index == first.index) ? first : CPU;
        var joined = cat([.. bucket.Tensors.Select(tensor => tensor.detach().to(bucket.Wire.Type, home).reshape(-1))]).cpu();
        transfer(TensorAddress.Of(joined), joined.numel());
        var result = joined.to(home);
        var start = 0L;
        foreach (var tensor in bucket.Tensors)
        {
            var count = tensor.numel();
            tensor.detach().copy_(result.narrow(0, start, count).reshape(tensor.shape));
            start += count;
        }
    }
}
