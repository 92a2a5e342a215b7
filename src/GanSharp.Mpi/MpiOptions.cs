namespace GanSharp.Mpi;

/// <summary>How processes that train together find and watch each other. Every rank must give the same, <see cref="Library"/> apart.</summary>
public sealed record MpiOptions
{
    /// <summary>
    /// Path or name of the MPI library. Null (the default): that of the environment variable GANSHARP_MPI_LIBRARY, otherwise the one that fits the launcher, by the names that Open MPI, MPICH, Intel MPI
    /// and the standard's interface have on Linux and macOS.
    /// </summary>
    public string? Library { get; init; }

    /// <summary>
    /// How long a rank waits for the others in one call before it ends the job and says who didn't come. At least 1 s; null waits forever. Default 5 min: the ranks' work between two calls must
    /// differ by less, and what one rank does alone, such as writing a checkpoint or drawing a report, counts as well.
    /// </summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of small tensors that are sent as one message, at least 1. Default 25 MB, as PyTorch's DDP has it (Li et al. 2020): larger ones gain nothing.</summary>
    public long BucketBytes { get; init; } = 25_000_000;

    /// <summary>Values in one call of MPI, whose counts have 32 bits.</summary>
    internal int LargestCount { get; init; } = 1 << 28;

    /// <summary>Called between everybody's arrival and the transfer, for tests of a rank that hangs there.</summary>
    internal Action? Arrived { get; init; }

    internal void ThrowIfInvalid()
    {
        if (Timeout is { } timeout && (timeout < TimeSpan.FromSeconds(1) || timeout > TimeSpan.FromDays(20)))
            throw new ArgumentOutOfRangeException(nameof(Timeout), timeout, $"MpiOptions.Timeout must be 1 s to 20 days, or null, but is {timeout}.");
        if (BucketBytes < 1)
            throw new ArgumentOutOfRangeException(nameof(BucketBytes), BucketBytes, $"MpiOptions.BucketBytes must be at least 1 but is {BucketBytes}.");
        if (Library is { Length: 0 })
            throw new ArgumentException("MpiOptions.Library must be a path or null but is empty.", nameof(Library));
    }
}
