using System.Diagnostics;
using GanSharp.Mpi.Native;

namespace GanSharp.Mpi.Failure;

/// <summary>The processes that one mpirun started, and how this one ends them all.</summary>
/// <param name="Mpi">Their library.</param>
/// <param name="Communicator">Of all of them.</param>
/// <param name="Rank">This process.</param>
/// <param name="Size">How many.</param>
/// <param name="Host">This machine.</param>
internal sealed record Job(MpiLibrary Mpi, nint Communicator, int Rank, int Size, string Host)
{
    private const int ExitCode = 1;

    // The launcher passes on what it has read before it kills.
    private static readonly TimeSpan TimeToBeRead = TimeSpan.FromMilliseconds(200), TimeToAbort = TimeSpan.FromSeconds(10);

    private int isEnding;
    private volatile int caller;

    /// <summary>Says on stderr which rank this is, and what happened.</summary>
    public void Say(string message)
    {
        Console.Error.WriteLine($"GanSharp.Mpi: rank {Rank} of {Size} (process {Environment.ProcessId} on {Host}) {message}");
        Console.Error.Flush();
    }

    /// <summary>Marks this thread as the one that MPI's functions are called by.</summary>
    public Calling Call()
    {
        var before = caller;
        caller = Environment.CurrentManagedThreadId;
        return new Calling(this, before);
    }

    /// <summary>Ends every process of the job, from any thread and whatever MPI is doing; it doesn't return.</summary>
    public void End(string message)
    {
        if (Interlocked.Exchange(ref isEnding, 1) != 0)
            Thread.Sleep(Timeout.Infinite);
        Say(message);
        Thread.Sleep(TimeToBeRead);
        // While another thread is in MPI, this one must not be: then this process dies, and the launcher, which sees it, ends the others. So it does where MPI's own way doesn't end.
        if (caller != 0 && caller != Environment.CurrentManagedThreadId)
            Die();
        new Thread(() =>
        {
            Thread.Sleep(TimeToAbort);
            Die();
        })
        { IsBackground = true }.Start();
        Mpi.Abort(Communicator, ExitCode);
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Die() => Process.GetCurrentProcess().Kill();

    /// <summary>Until it is disposed, the thread is in MPI.</summary>
    internal readonly struct Calling(Job job, int before) : IDisposable
    {
        public void Dispose() => job.caller = before;
    }
}
