using System.Runtime.ExceptionServices;

namespace GanSharp.Training.Turns;

/// <summary>The time during which one flow of control holds a trainer's networks. Nested calls share it; it ends when all of them are done.</summary>
/// <param name="operation">The operation that took it, for messages.</param>
/// <param name="atEnd">Passes the networks to the next caller.</param>
internal sealed class TrainerTurn(string operation, Action<TrainerTurn> atEnd)
{
    private readonly Lock sync = new();
    private readonly List<IDisposable> shares = [];
    private int users;

    public string Operation => operation;

    public bool IsOver => Volatile.Read(ref users) == 0;

    /// <summary>Starts the turn with its first share.</summary>
    /// <param name="prepare">Called at once; its result is disposed with the share.</param>
    public IDisposable Begin(Func<IDisposable?>? prepare)
    {
        users = 1;
        return Prepared(prepare);
    }

    /// <summary>Adds a share; null where the turn is over.</summary>
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

    /// <summary>Ends the turn for all shares. Where one can't put back what it changed, the others end before its exception is thrown.</summary>
    public void End()
    {
        IDisposable[] all;
        lock (sync)
            all = [.. shares];
        ExceptionDispatchInfo? failure = null;
        foreach (var share in all.Reverse())
        {
            try
            {
                share.Dispose();
            }
            catch (ObjectDisposedException exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }
        failure?.Throw();
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
