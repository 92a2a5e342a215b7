namespace GanSharp.Training.Turns;

/// <summary>
/// Lets one at a time have a trainer's networks: the steps of a run, or a caller on any thread who samples, measures or resumes.
/// First come, first served: who waits at the end of a step goes before the next one, who comes later goes after it, so neither side starves.
/// A run takes its turn once a pull; between the steps of a pull it only looks whether someone waits.
/// </summary>
/// <param name="owner">Whom messages name once it is closed.</param>
internal sealed class TrainerGate(string owner)
{
    private readonly Lock sync = new();
    private readonly TicketLock turns = new();
    // The turn that this flow of control holds. It follows an await to another thread, as a caller's using block does.
    private readonly AsyncLocal<TrainerTurn?> held = new();
    private WeakReference<ActiveRun>? active;
    private int pullingThread;
    private volatile bool isClosed;

    /// <summary>Waits for the step in progress and keeps the next one waiting until the result is disposed. Within a turn it is part of that turn.</summary>
    /// <param name="operation">Who asks, for messages.</param>
    /// <param name="prepare">What is done in the turn at once; its result is disposed before the turn ends.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="InvalidOperationException">It was asked from within a step, which would wait for itself.</exception>
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

    /// <summary>As <see cref="Enter"/>; null where the trainer is disposed, so that nothing trains any more.</summary>
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

    /// <summary>A run begins to be enumerated.</summary>
    /// <exception cref="InvalidOperationException">Another one is.</exception>
    public void Begin(ActiveRun run)
    {
        // An enumerator that was left without Dispose holds nothing once it is collected: look again before refusing.
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

    /// <summary>The run's enumeration has ended.</summary>
    public void End(ActiveRun run)
    {
        lock (sync)
            if (active?.TryGetTarget(out var current) == true && ReferenceEquals(current, run))
                active = null;
    }

    /// <summary>The run's turn: its next report is pulled.</summary>
    /// <exception cref="InvalidOperationException">The caller still holds the average, or pulls from within a step.</exception>
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

    /// <summary>The run's turn is over: the caller has control.</summary>
    public void EndPull()
    {
        Volatile.Write(ref pullingThread, 0);
        turns.Release();
    }

    /// <summary>Between two steps of a pull: lets those go first who wait.</summary>
    /// <returns>Whether someone had the networks.</returns>
    /// <exception cref="ObjectDisposedException">The trainer is to be disposed; the state is that of a whole step.</exception>
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

    /// <summary>The enumeration's own clean-up, which may save a checkpoint. It is done even where the trainer was disposed meanwhile.</summary>
    /// <exception cref="InvalidOperationException">The caller still held the average; the trained weights were put back first.</exception>
    public void Finish(Action cleanUp)
    {
        ThrowIfWithinStep("The enumerator's Dispose");
        var turn = held.Value is { IsOver: false } own ? own : null;
        turn?.End();
        Exclusively(cleanUp);
        if (turn is not null)
            throw Held(turn);
    }

    /// <summary>Refuses everybody from now on, waits for the step in progress, ends the run that is enumerated, and releases what the trainer has.</summary>
    /// <param name="release">Releases it.</param>
    public void Close(Action release)
    {
        ThrowIfWithinStep("Dispose");
        lock (sync)
        {
            if (isClosed)
                return;
            isClosed = true;
        }
        held.Value?.End();
        Exclusively(() =>
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
        });
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
            // A run that let others in between two steps is in the middle of a pull; it stands in the queue and ends first.
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

    // Not ThrowIf, which would give the name with its namespace.
    private ObjectDisposedException Disposed() => new(owner);

    private static InvalidOperationException Held(TrainerTurn turn) => new(
        $"{turn.Operation} is still in force, so a step would train what it put into the network, and a checkpoint would keep it. Dispose its result before the next report is pulled or the run ends.");

    private void ThrowIfWithinStep(string operation)
    {
        if (Volatile.Read(ref pullingThread) == Environment.CurrentManagedThreadId)
            throw new InvalidOperationException($"{operation} was asked for from within training (by an objective, a penalty, a network or a data set), where the step would wait for itself. Ask between two reports, or from another thread.");
    }
}
