namespace GanSharp.Training.Turns;

/// <summary>The time during which one flow of control has a trainer's networks: over when all are done who share it, one call within another.</summary>
/// <param name="operation">Who took it, for messages.</param>
/// <param name="atEnd">What then gives the networks to the next.</param>
internal sealed class TrainerTurn(string operation, Action<TrainerTurn> atEnd)
{
    private readonly Lock sync = new();
    private readonly List<IDisposable> shares = [];
    private int users;

    public string Operation => operation;

    public bool IsOver => Volatile.Read(ref users) == 0;

    /// <summary>Takes part in it from its beginning.</summary>
    /// <param name="prepare">What is done at once; its result is disposed with the share.</param>
    public IDisposable Begin(Func<IDisposable?>? prepare)
    {
        users = 1;
        return Prepared(prepare);
    }

    /// <summary>Takes part in it; null where it is over.</summary>
    public IDisposable? Share(Func<IDisposable?>? prepare)
    {
        lock (sync)
        {
            if (users == 0)
                return null;
            users++;
        }
        return Prepared(prepare);
    }

    /// <summary>Ends it for all who share it.</summary>
    public void End()
    {
        IDisposable[] all;
        lock (sync)
            all = [.. shares];
        foreach (var share in all.Reverse())
            share.Dispose();
    }

    private Part Prepared(Func<IDisposable?>? prepare)
    {
        try
        {
            var part = new Part(this, prepare?.Invoke());
            lock (sync)
                shares.Add(part);
            return part;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    private void Leave()
    {
        lock (sync)
            if (--users > 0)
                return;
        atEnd(this);
    }

    private sealed class Part(TrainerTurn turn, IDisposable? prepared) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) != 0)
                return;
            try
            {
                prepared?.Dispose();
            }
            finally
            {
                turn.Leave();
            }
        }
    }
}
