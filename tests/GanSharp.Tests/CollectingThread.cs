namespace GanSharp.Tests;

/// <summary>A thread that allocates and collects garbage all the time, as a busy host of the library does. It must be of no consequence to anyone else.</summary>
internal sealed class CollectingThread : IDisposable
{
    private readonly Thread thread;
    private volatile bool isOver;
    private long collections;

    public CollectingThread()
    {
        thread = new Thread(Collect) { IsBackground = true };
        thread.Start();
    }

    public long Collections => Interlocked.Read(ref collections);

    public void Dispose()
    {
        isOver = true;
        thread.Join();
    }

    private void Collect()
    {
        while (!isOver)
        {
            var garbage = new object[100];
            for (var index = 0; index < garbage.Length; index++)
                garbage[index] = new byte[100];
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            Interlocked.Increment(ref collections);
            // Collections stop every thread; without a pause, the others would do little but wait.
            Thread.SpinWait(2_000);
        }
    }
}
