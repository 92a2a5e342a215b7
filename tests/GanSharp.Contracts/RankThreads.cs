using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>Runs the same code on several <see cref="ThreadRanks"/>, and waits for all.</summary>
public static class RankThreads
{
    /// <summary>What each rank returned. The first exception of any is thrown.</summary>
    public static T[] Run<T>(int size, Func<ThreadRanks, T> action)
    {
        using var barrier = new Barrier(size);
        var slots = new IReadOnlyList<Tensor>[size];
        var results = new T[size];
        var failures = new Exception?[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = action(new ThreadRanks(rank, barrier, slots));
            }
            catch (Exception exception)
            {
                failures[rank] = exception;
                // The others must not wait for it.
                barrier.RemoveParticipant();
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return results;
    }

    /// <summary>The exception of each rank; null for none.</summary>
    public static Exception?[] Failures(int size, Action<ThreadRanks> action) => Run(size, ranks =>
    {
        try
        {
            action(ranks);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    });
}
