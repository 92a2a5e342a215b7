using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// A thread that computes on one processor, whatever torch's number of threads, or on as many as it is given. OpenMP gives each thread that computes a separate team, and a second
/// team would compete with the training team by spinning. So work that runs during training runs here, one item after another.
/// </summary>
internal sealed class LoneThread : IDisposable
{
    private readonly BlockingCollection<Action> queue = [];
    private readonly Thread thread;

    /// <summary>Starts the thread, which waits for work.</summary>
    /// <param name="name">What debuggers call it.</param>
    /// <param name="processors">How many its operators use. Default 1.</param>
    public LoneThread(string name, int processors = 1) => thread = Start(name, () =>
    {
        foreach (var work in queue.GetConsumingEnumerable())
            work();
    }, processors);

    /// <summary>Starts a background thread whose operators use one processor, or as many as given.</summary>
    public static Thread Start(string name, Action body, int processors = 1)
    {
        using var isSet = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            // A thread adopts the process's number of threads when it first asks for it; if it asked later, that would undo the setting.
            _ = get_num_threads();
            set_num_threads(processors);
            isSet.Set();
            body();
        }) { IsBackground = true, Name = name };
        var threads = get_num_threads();
        thread.Start();
        isSet.Wait();
        // The thread's setting became the default for future threads.
        set_num_threads(threads);
        return thread;
    }

    /// <summary>Runs the work on the thread, after the work requested earlier, in the caller's execution context.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> Run<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture();
        void Do(object? state)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                done.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                done.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception exception)
            {
                // The exception reaches the caller that awaits the task.
                done.SetException(exception);
            }
        }
        try
        {
            queue.Add(() =>
            {
                if (context is null)
                    Do(null);
                else
                    ExecutionContext.Run(context, Do, null);
            }, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(thread.Name);
        }
        return done.Task;
    }

    /// <summary>Finishes the work requested earlier, then ends.</summary>
    public void Dispose()
    {
        if (queue.IsAddingCompleted)
            return;
        queue.CompleteAdding();
        thread.Join();
    }
}
