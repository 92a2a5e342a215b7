namespace GanSharp.Training.Turns;

/// <summary>A lock that is granted in the order of the requests, and that may be released by another thread than the one that acquired it.</summary>
internal sealed class TicketLock
{
    private readonly object sync = new();
    private long taken, served;

    /// <summary>Whether others are waiting for it; for use by the holder.</summary>
    public bool IsAwaited => Volatile.Read(ref taken) - served > 1;

    public void Acquire()
    {
        lock (sync)
        {
            var ticket = taken++;
            while (ticket != served)
                Monitor.Wait(sync);
        }
    }

    public void Release()
    {
        lock (sync)
        {
            served++;
            if (served < taken)
                Monitor.PulseAll(sync);
        }
    }
}
