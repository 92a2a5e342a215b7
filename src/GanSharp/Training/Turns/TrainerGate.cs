namespace GanSharp.Training.Turns;

/// <summary>
/// Gives access to a trainer's networks to one user at a time: the steps of a run, or a caller on any thread that samples, measures or resumes.
/// First come, first served: a caller that waits at the end of a step goes before the next step, a later one after it, so neither side starves.
/// A run takes its turn once per pull; between the steps of a pull it only checks whether someone is waiting.
/// </summary>
/// <param name="owner">The name of the owner, for messages after it is closed.</param>
internal sealed class TrainerGate(string owner)
{
    /// <summary>Whose networks these are, for messages.</summary>
    public string Owner => owner;

    private readonly Lock sync = new();
    private readonly TicketLock turns = new();
    // The turn that this flow of control holds. It flows with an await to another thread, like a caller's using block.
    private readonly AsyncLocal<TrainerTurn?> held = new();
    private WeakReference<ActiveRun>? active;
    private int pullingThread;
    private volatile bool isClosed;

    /// <summary>What others ask of the run.</summary>
    public RunRequests Requests { get; } = new();

    /// <summary>Waits for the step in progress and blocks the next one until the result is disposed. Within a turn it becomes part of that turn.</summary>
    /// <param name="operation">The requesting operation, for messages.</param>
    /// <param name="prepare">Called at once within the turn; its result is disposed before the turn ends.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step, which would wait for itself.</exception>
    public IDisposable Enter(string operation, Func<IDisposable?>? prepare = null)
    {
        if (held.Value?.Share(prepare) is { } shared)
            return shared;
        ThrowIfWithinStep(operation);
        ThrowIfClosed();
        turns.Acquire();
        if (isClosed)
        {
            turns.Release();
            throw Disposed();
        }
        return (held.Value = new TrainerTurn(operation, Leave)).Begin(prepare);
    }

    /// <summary>As <see cref="Enter"/>; null if the trainer is disposed and therefore no longer trains.</summary>
    public IDisposable? EnterUnlessClosed(string operation)
    {
        try
        {
            return Enter(operation);
        }
        catch (ObjectDisposedException) when (isClosed)
        {
            return null;
        }
    }

    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public void ThrowIfClosed()
    {
        if (isClosed)
            throw Disposed();
    }

    /// <summary>Starts the enumeration of a run.</summary>
    /// <exception cref="InvalidOperationException">Another run is being enumerated.</exception>
    public void Begin(ActiveRun run)
    {
        // An enumerator that wasn't disposed holds nothing once it is collected, so check again before refusing.
        if (IsTraining())
            GC.Collect();
        lock (sync)
        {
            ThrowIfClosed();
            if (IsTraining())
                throw new InvalidOperationException(
                    "The trainer is already training: another run of it is being enumerated, here or on another thread. End that one first (leave its foreach, or dispose its enumerator), or make another trainer with networks of its own.");
            active = new WeakReference<ActiveRun>(run);
        }
    }

    /// <summary>Ends the run's enumeration.</summary>
    public void End(ActiveRun run)
    {
        lock (sync)
            if (active?.TryGetTarget(out var current) == true && ReferenceEquals(current, run))
                active = null;
    }

    /// <summary>Starts the run's turn, in which its next report is pulled.</summary>
    /// <exception cref="InvalidOperationException">The caller is still using the average, or pulls from within a step.</exception>
    public void BeginPull()
    {
        ThrowIfWithinStep("The next report");
        if (held.Value is { IsOver: false } turn)
            throw Held(turn);
        turns.Acquire();
        if (isClosed)
        {
            turns.Release();
            throw Disposed();
        }
        Volatile.Write(ref pullingThread, Environment.CurrentManagedThreadId);
    }

    /// <summary>Ends the run's turn; the caller has control again.</summary>
    public void EndPull()
    {
        Volatile.Write(ref pullingThread, 0);
        turns.Release();
    }

    /// <summary>Between two steps of a pull: lets waiting callers go first.</summary>
    /// <returns>Whether another caller had the networks.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is being disposed; the state is that after a complete step.</exception>
    public bool LetWaitingIn()
    {
        if (!turns.IsAwaited)
            return false;
        ThrowIfClosed();
        turns.Release();
        turns.Acquire();
        ThrowIfClosed();
        return true;
    }

    /// <summary>Between two steps of a pull: stands still while the run is paused. Meanwhile others may have the networks, and ask for a checkpoint.</summary>
    /// <param name="save">Makes the checkpoint where one was asked for.</param>
    /// <param name="cancellation">Ends the pause.</param>
    /// <exception cref="ObjectDisposedException">The trainer is being disposed; the state is that after a complete step.</exception>
    public void StandStillWhilePaused(Action? save, CancellationToken cancellation)
    {
        while (Requests.IsPaused && !cancellation.IsCancellationRequested)
        {
            save?.Invoke();
            turns.Release();
            Requests.WaitForChange(() => isClosed, cancellation);
            turns.Acquire();
            ThrowIfClosed();
        }
    }

    /// <summary>Between two steps of a pull: stands still for a moment, in which others may have the networks.</summary>
    /// <exception cref="ObjectDisposedException">The trainer is being disposed; the state is that after a complete step.</exception>
    public void StandStill(TimeSpan time)
    {
        turns.Release();
        Thread.Sleep(time);
        turns.Acquire();
        ThrowIfClosed();
    }

    /// <summary>Runs the enumeration's clean-up, which may save a checkpoint, even if the trainer was disposed in the meantime.</summary>
    /// <exception cref="InvalidOperationException">The caller was still using the average; the trained weights were restored first.</exception>
    public void Finish(Action cleanUp)
    {
        ThrowIfWithinStep("The enumerator's Dispose");
        var turn = held.Value is { IsOver: false } own ? own : null;
        try
        {
            turn?.End();
        }
        finally
        {
            Exclusively(cleanUp);
        }
        if (turn is not null)
            throw Held(turn);
    }

    /// <summary>Refuses all further callers, waits for the step in progress, ends the current run, and releases the trainer's resources.</summary>
    /// <param name="release">Releases the resources.</param>
    public void Close(Action release)
    {
        ThrowIfWithinStep("Dispose");
        lock (sync)
        {
            if (isClosed)
                return;
            isClosed = true;
        }
        Requests.Wake();
        try
        {
            // It throws where the generator was disposed before its average was taken out of it; what the trainer holds is released all the same.
            held.Value?.End();
        }
        finally
        {
            Exclusively(() => Release(release));
        }
    }

    private void Release(Action release)
    {
        try
        {
            if (active?.TryGetTarget(out var run) == true)
                run.Abandon();
        }
        finally
        {
            release();
        }
    }

    private bool IsTraining()
    {
        lock (sync)
            return active?.TryGetTarget(out _) == true;
    }

    private void Exclusively(Action action)
    {
        turns.Acquire();
        try
        {
            // A run that let others go first between two steps is in the middle of a pull; it is in the queue and ends first.
            while (Volatile.Read(ref pullingThread) != 0)
            {
                turns.Release();
                turns.Acquire();
            }
            action();
        }
        finally
        {
            turns.Release();
        }
    }

    private void Leave(TrainerTurn turn)
    {
        if (held.Value == turn)
            held.Value = null;
        turns.Release();
    }

    // Not ThrowIf, which would include the namespace in the name.
    private ObjectDisposedException Disposed() => new(owner);

    private static InvalidOperationException Held(TrainerTurn turn) => new(
        $"{turn.Operation} is still in force, so a step would train what it put into the network, and a checkpoint would keep it. Dispose its result before the next report is pulled or the run ends.");

    private void ThrowIfWithinStep(string operation)
    {
        if (Volatile.Read(ref pullingThread) == Environment.CurrentManagedThreadId)
            throw new InvalidOperationException($"{operation} was asked for from within training (by an objective, a penalty, a network or a data set), where the step would wait for itself. Ask between two reports, or from another thread.");
    }
}
