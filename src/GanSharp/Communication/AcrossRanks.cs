using static TorchSharp.torch;

namespace GanSharp.Communication;

/// <summary>
/// What a step's code needs of the other processes that train with it: means over the whole batch of all ranks, where an objective or a penalty looks at its batch. Outside of a step, and where one
/// process trains, there is nobody else, and nothing is computed.
/// </summary>
/// <remarks>Every rank must make the same calls in the same order, with tensors of the same shapes.</remarks>
public static class AcrossRanks
{
    [ThreadStatic]
    private static RankContext? current;

    /// <summary>Those with whom the step in progress on this thread speaks.</summary>
    internal static RankContext? Current => current;

    /// <summary>The processes of the step in progress; 1 outside of a step.</summary>
    public static int Size => current?.Communicator.Size ?? 1;

    /// <summary>
    /// The mean of the ranks' tensors, value by value: that of all samples from each rank's mean of its own. It has the gradient of what every rank computes from it, and of any order.
    /// </summary>
    /// <param name="own">This rank's tensor, of any floating-point type and the same shape on every rank; returned as it is where one process trains.</param>
    /// <returns>Tensor of the shape of <paramref name="own"/>, the same on every rank.</returns>
    public static Tensor Mean(Tensor own)
    {
        ArgumentNullException.ThrowIfNull(own);
        return current is { } context ? SumOverRanks.Of(own, context) / context.Communicator.Size : own;
    }

    /// <summary>The tensors of all ranks as one: shape [size, …], each in the row of its rank, with the gradient of what every rank computes from them.</summary>
    internal static Tensor Gather(Tensor own)
    {
        if (current is not { } context)
            return own.unsqueeze(0);
        var (rank, size) = (context.Communicator.Rank, context.Communicator.Size);
        Tensor Nothing(int rows) => zeros([rows, .. own.shape], own.dtype, own.device);
        // Sums of a number and zeros are exact.
        return SumOverRanks.Of(cat([Nothing(rank), own.unsqueeze(0), Nothing(size - 1 - rank)]), context);
    }

    /// <summary>Those with whom a step on this thread speaks, until the result is disposed.</summary>
    internal static Scope Enter(RankContext? context)
    {
        var before = current;
        current = context;
        return new Scope(before);
    }

    /// <summary>What was in force before is so again when it is disposed.</summary>
    internal readonly struct Scope(RankContext? before) : IDisposable
    {
        public void Dispose() => current = before;
    }
}
