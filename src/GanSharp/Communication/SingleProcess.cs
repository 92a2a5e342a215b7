using static TorchSharp.torch;

namespace GanSharp.Communication;

/// <summary>One process on its own: the default, which costs nothing.</summary>
public sealed class SingleProcess : ICommunicator
{
    private SingleProcess()
    {
    }

    /// <summary>The only one.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public int LocalRank => 0;

    /// <inheritdoc/>
    public void AllReduce(IReadOnlyList<Tensor> tensors)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
    }

    /// <inheritdoc/>
    public void Barrier()
    {
    }
}
