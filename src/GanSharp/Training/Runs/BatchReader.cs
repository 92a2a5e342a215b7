using GanSharp.Data;
using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Training.Runs;

/// <summary>
/// Reads the batches of a run and, where asked, draws the next one on a thread of its own while the networks compute: one batch ahead, never more.
/// A draw is a pure function of its position, so reading ahead changes nothing and a resumed run needs nothing of it.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private readonly Dataset data;
    private readonly long seed;
    private readonly int batchSize, stride;
    private readonly SemaphoreSlim wanted = new(0), drawn = new(0);
    private readonly bool pins;
    private readonly Thread? thread;
    private long aheadPosition = -1;
    private Batch? ahead;
    private bool isDrawing, isDisposed;

    /// <param name="data">Where from.</param>
    /// <param name="seed">Determines the order.</param>
    /// <param name="batchSize">Samples of a batch.</param>
    /// <param name="readsAhead">Whether the next one is drawn on a thread of its own.</param>
    /// <param name="target">Where the networks are. For a GPU, what is read ahead is put into pinned memory, from which a copy needs nobody to wait for it.</param>
    /// <param name="stride">Samples from one batch to the next: more than its size where other processes take the rest. Null for its size.</param>
    public BatchReader(Dataset data, long seed, int batchSize, bool readsAhead, Device? target = null, int? stride = null)
    {
        (this.data, this.seed, this.batchSize, this.stride) = (data, seed, batchSize, stride ?? batchSize);
        pins = target?.type == TorchSharp.DeviceType.CUDA;
        if (!readsAhead)
            return;
        thread = LoneThread.Start("GanSharp batches", DrawWhatIsWanted);
    }

    /// <summary>Whether a core is free for it: on a GPU, or where torch doesn't use every core.</summary>
    public static bool IsWorthwhile(Device device) =>
        device.type != TorchSharp.DeviceType.CPU || get_num_threads() < Environment.ProcessorCount;

    /// <summary>The batch at a position, owned by the dispose scope in force; the next one is then drawn ahead.</summary>
    public Batch Take(long position)
    {
        if (thread is null)
            return data.Read(seed, position, batchSize);
        Settle();
        var batch = ahead is var (samples, labels) && aheadPosition == position
            ? new Batch(samples.alias(), labels?.alias())
            : data.Read(seed, position, batchSize);
        Discard();
        aheadPosition = position + stride;
        isDrawing = true;
        wanted.Release();
        return batch;
    }

    /// <summary>Waits until nothing is being drawn, so that the data is the caller's alone between two steps.</summary>
    public void Settle()
    {
        if (!isDrawing)
            return;
        drawn.Wait();
        isDrawing = false;
    }

    public void Dispose()
    {
        if (thread is not null && !isDisposed)
        {
            Settle();
            isDisposed = true;
            wanted.Release();
            thread.Join();
            Discard();
        }
        wanted.Dispose();
        drawn.Dispose();
    }

    private void Discard()
    {
        ahead?.Samples.Dispose();
        ahead?.Labels?.Dispose();
        ahead = null;
    }

    private Tensor Prepared(Tensor drawn) => pins && drawn.device.type == TorchSharp.DeviceType.CPU ? drawn.pin_memory() : drawn;

    private void DrawWhatIsWanted()
    {
        while (true)
        {
            wanted.Wait();
            if (isDisposed)
                return;
            try
            {
                using var scope = NewDisposeScope();
                var batch = data.Read(seed, aheadPosition, batchSize);
                ahead = new Batch(Prepared(batch.Samples).DetachFromDisposeScope(), batch.Labels is { } labels ? Prepared(labels).DetachFromDisposeScope() : null);
            }
            catch (Exception)
            {
                // Whoever takes the batch draws it again: that fails where it can be caught, or what failed has passed.
            }
            drawn.Release();
        }
    }
}
