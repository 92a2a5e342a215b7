using static TorchSharp.torch;

namespace GanSharp.Communication;

/// <summary>
/// The processes ("ranks") that train one model together, each on its part of every batch. All of them make the same calls with tensors of the same shapes in
/// the same order, and every rank gets the same bits, so that what they compute from them stays the same.
/// </summary>
public interface ICommunicator
{
    /// <summary>This process, from 0 to <see cref="Size"/> − 1.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>This process among those of its machine, from 0: the GPU that it takes.</summary>
    int LocalRank { get; }

    /// <summary>Replaces each tensor by its sum over all ranks, in place.</summary>
    /// <param name="tensors">Tensors of any floating-point type and any shape, the same shapes on every rank.</param>
    void AllReduce(IReadOnlyList<Tensor> tensors);

    /// <summary>Replaces each tensor by that of rank 0, in place.</summary>
    /// <param name="tensors">Tensors of any type and any shape, the same shapes on every rank.</param>
    void Broadcast(IReadOnlyList<Tensor> tensors);

    /// <summary>Returns when every rank has called it.</summary>
    void Barrier();
}
