using System.Diagnostics;

namespace GanSharp.Mpi.Failure;

/// <summary>Ends the job where a transfer that all ranks have begun doesn't end: MPI is inside of a call then, and only another thread can.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly Job job;
    private readonly TimeSpan? timeout;
    private readonly ManualResetEventSlim isOver = new();
    private readonly Thread? thread;
    private long begun;
    private volatile string what = "";

    public Watchdog(Job job, TimeSpan? timeout)
    {
        (this.job, this.timeout) = (job, timeout);
        if (timeout is not { } limit)
            return;
        thread = new Thread(() => Watch(limit)) { IsBackground = true, Name = "GanSharp.Mpi watchdog" };
        thread.Start();
    }

    /// <summary>Does something that must end in time.</summary>
    public void Guard(string name, Action action)
    {
        what = name;
        Volatile.Write(ref begun, Stopwatch.GetTimestamp());
        try
        {
            action();
        }
        finally
        {
            Volatile.Write(ref begun, 0);
        }
    }

    public void Dispose()
    {
        isOver.Set();
        thread?.Join();
        isOver.Dispose();
    }

    private void Watch(TimeSpan limit)
    {
        const int LooksInTime = 20;
        while (!isOver.Wait(limit / LooksInTime))
            if (Volatile.Read(ref begun) is > 0 and var start && Stopwatch.GetElapsedTime(start) > limit)
                job.End(FormattableString.Invariant($"ends the job: {what} did not end within {limit.TotalSeconds:0.#} s, although all ranks had begun it. Which rank or link holds it up can't be known from here."));
    }
}
