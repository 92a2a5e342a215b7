namespace GanSharp.Training.Turns;

/// <summary>A lock that is served in the order in which it was asked for, and that may be given back by another thread than took it.</summary>
internal sealed class TicketLock
{
    private readonly object sync = new();
    private long taken, served;

    /// <summary>Whether others wait for it; asked by who has it.</summary>
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
