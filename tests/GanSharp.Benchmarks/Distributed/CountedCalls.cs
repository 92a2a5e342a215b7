using GanSharp.Communication;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>Counts what goes through a communicator.</summary>
internal sealed class CountedCalls(ICommunicator inner) : ICommunicator
{
    public long Calls { get; private set; }

    public long Bytes { get; private set; }

    public int Rank => inner.Rank;

    public int Size => inner.Size;

    public int LocalRank => inner.LocalRank;

    public void AllReduce(IReadOnlyList<Tensor> tensors)
    {
        Count(tensors);
        inner.AllReduce(tensors);
    }

    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        Count(tensors);
        inner.Broadcast(tensors);
    }

    public void Barrier()
    {
        Count([]);
        inner.Barrier();
    }

    private void Count(IReadOnlyList<Tensor> tensors)
    {
        Calls++;
        Bytes += tensors.Sum(tensor => tensor.numel() * tensor.element_size());
    }
}
