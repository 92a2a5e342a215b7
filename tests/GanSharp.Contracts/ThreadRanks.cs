using GanSharp.Communication;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>Ranks that are threads of one process: what MPI does among processes, in its smallest form.</summary>
public sealed class ThreadRanks(int rank, Barrier barrier, IReadOnlyList<Tensor>[] slots) : ICommunicator
{
    public int Rank => rank;

    public int Size => slots.Length;

    public int LocalRank => rank;

    public void AllReduce(IReadOnlyList<Tensor> tensors) => Exchange(tensors, index => slots.Select(of => of[index]).Aggregate((sum, next) => sum + next));

    public void Broadcast(IReadOnlyList<Tensor> tensors) => Exchange(tensors, index => slots[0][index].clone());

    public void Barrier() => barrier.SignalAndWait();

    private void Exchange(IReadOnlyList<Tensor> tensors, Func<int, Tensor> result)
    {
        using var scope = NewDisposeScope();
        slots[rank] = tensors;
        barrier.SignalAndWait();
        var results = Enumerable.Range(0, tensors.Count).Select(result).ToArray();
        barrier.SignalAndWait();
        foreach (var (tensor, value) in tensors.Zip(results))
            tensor.copy_(value);
        barrier.SignalAndWait();
    }
}
