using System.Diagnostics;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>
/// What may be spent on something that isn't training: a share of the time since the start, and a little in advance, so that a short run shows something too. From any thread.
/// </summary>
internal sealed class TimeShare(double share)
{
    private static readonly long Advance = Stopwatch.Frequency / 10;
    private long start = Stopwatch.GetTimestamp(), spent;

    /// <summary>Whether there is something left to spend.</summary>
    public bool Allows => share >= 1 || Volatile.Read(ref spent) <= Advance + share * (Stopwatch.GetTimestamp() - Volatile.Read(ref start));

    /// <summary>What was spent.</summary>
    public TimeSpan Spent => Stopwatch.GetElapsedTime(0, Volatile.Read(ref spent));

    public void Restart()
    {
        Volatile.Write(ref start, Stopwatch.GetTimestamp());
        Volatile.Write(ref spent, 0);
    }

    /// <summary>Does it, and counts what it takes.</summary>
    public T Spend<T>(Func<T> work)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return work();
        }
        finally
        {
            Interlocked.Add(ref spent, Stopwatch.GetTimestamp() - began);
        }
    }
}
