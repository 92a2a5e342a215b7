namespace GanSharp.Training.Turns;

/// <summary>What other threads ask of a run between two of its steps: to stand still, and to make a checkpoint.</summary>
internal sealed class RunRequests
{
    private readonly object sync = new();
    private int pauses;
    private bool isSaveAsked, canSave;

    /// <summary>Whether someone wants the run to stand still. A step checks this number alone.</summary>
    public bool IsPaused => Volatile.Read(ref pauses) > 0;

    /// <summary>Whether the run in progress makes checkpoints.</summary>
    public bool CanSave => Volatile.Read(ref canSave);

    /// <summary>Accepts requests for checkpoints until the result is disposed.</summary>
    /// <param name="makesCheckpoints">Whether the run does.</param>
    public IDisposable ServeSaves(bool makesCheckpoints)
    {
        Change(() => (canSave, isSaveAsked) = (makesCheckpoints, false));
        return new Hold(() => Change(() => (canSave, isSaveAsked) = (false, false)));
    }

    /// <summary>The run stands still until the result is disposed; of several, until the last.</summary>
    public IDisposable Pause()
    {
        Change(() => pauses++);
        return new Hold(() => Change(() => pauses--));
    }

    /// <returns>False where the run makes no checkpoints.</returns>
    public bool AskToSave()
    {
        Change(() => isSaveAsked = canSave);
        return CanSave;
    }

    /// <summary>Takes the request for a checkpoint, if there is one.</summary>
    public bool TakeSave()
    {
        if (!Volatile.Read(ref isSaveAsked))
            return false;
        Change(() => isSaveAsked = false);
        return true;
    }

    /// <summary>Lets a waiting run look again.</summary>
    public void Wake() => Change(() => { });

    /// <summary>Waits until the run goes on, is asked for a checkpoint, or must end.</summary>
    public void WaitForChange(Func<bool> mustEnd, CancellationToken cancellation)
    {
        using var waking = cancellation.Register(Wake);
        lock (sync)
            while (pauses > 0 && !isSaveAsked && !mustEnd() && !cancellation.IsCancellationRequested)
                Monitor.Wait(sync);
    }

    private void Change(Action change)
    {
        lock (sync)
        {
            change();
            Monitor.PulseAll(sync);
        }
    }

    private sealed class Hold(Action release) : IDisposable
    {
        private Action? release = release;

        public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
    }
}
