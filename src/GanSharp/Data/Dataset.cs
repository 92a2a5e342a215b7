using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// A source of samples of p_d, read as an endless shuffled sequence. The sequence is a pure function of the seed:
/// seed and position are enough to continue it in batches of the same size, so a resumed run needs no replay and no saved state.
/// </summary>
public abstract class Dataset : IDisposable
{
    private volatile bool isDisposed;

    /// <summary>Sets the name of the data set and the shape of one sample.</summary>
    /// <param name="name">The data set's name in messages and reports.</param>
    /// <param name="sampleShape">Shape of one sample, without the batch dimension.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    protected Dataset(string name, IEnumerable<long> sampleShape)
    {
        TorchRuntime.EnsureLoaded();
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        SampleShape = [.. sampleShape];
    }

    /// <summary>The data set's name in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Shape of one sample, without the batch dimension: [2] for points in the plane, [1, 28, 28] for gray images.</summary>
    public IReadOnlyList<long> SampleShape { get; }

    /// <summary>The number of distinct samples, or null where every draw is fresh (a known density).</summary>
    public abstract long? Count { get; }

    /// <summary>Data from the same source that training never uses, for the diagnostics; null where none was set aside.</summary>
    public abstract Dataset? HeldOut { get; }

    /// <summary>
    /// The samples at [position, position + count) of the endless shuffled sequence that <paramref name="seed"/> determines.
    /// A trainer that reads ahead calls it from a separate thread, but never from two threads at once.
    /// </summary>
    /// <param name="seed">Selects the sequence.</param>
    /// <param name="position">Samples of the sequence that come before this batch; at least 0.</param>
    /// <param name="count">Samples to draw; at least 1.</param>
    /// <returns>
    /// A batch on the CPU that the caller (or its dispose scope) owns: <paramref name="count"/> float32 samples of shape <see cref="SampleShape"/> and, where the
    /// data has classes, as many int64 labels; callers check this. The same arguments give the same batch. Finite data is visited once per epoch, without
    /// replacement, and its sequence doesn't depend on the batch size: a batch of 50 at 50 is the second half of one of 100 at 0. Where every draw is fresh
    /// (<see cref="Count"/> is null), batches that don't overlap are independent, and another batch size may give other samples.
    /// </returns>
    public abstract Batch Draw(long seed, long position, int count);

    /// <summary>The lowest and the highest label of all samples, where they are known without reading each sample; null where they aren't.</summary>
    internal virtual (long Lowest, long Highest)? LabelRange => null;

    /// <summary>Whether a trainer has been created with it, so that a discriminator may have been trained on its samples.</summary>
    internal bool IsTrainedOn { get; set; }

    /// <summary><see cref="Draw"/>, with errors that name the data set and the position, and with a check that the result is what was requested.</summary>
    /// <exception cref="InvalidDatasetException">The subclass failed, for a reason other than its arguments, cancellation or memory, or returned other samples or labels than <see cref="Draw"/> promises.</exception>
    /// <exception cref="ObjectDisposedException">The data was disposed.</exception>
    internal Batch Read(long seed, long position, int count)
    {
        ThrowIfDisposed();
        Batch batch;
        try
        {
            batch = Draw(seed, position, count);
        }
        catch (Exception exception) when (exception is not (ArgumentException or OperationCanceledException) && !OutOfMemory.Explains(exception))
        {
            throw new InvalidDatasetException(FormattableString.Invariant($"'{Name}' can't be read at samples {position} to {position + count - 1} of its sequence: {exception.Message}"), exception) { Unreadable = this };
        }
        BatchCheck.ThrowIfUnfit(this, batch, position, count);
        return batch;
    }

    /// <summary>The labels of <see cref="Draw"/> without its samples, which may be large; null where there are none.</summary>
    internal virtual Tensor? ReadLabels(long seed, long position, int count)
    {
        using var scope = NewDisposeScope();
        return Read(seed, position, count).Labels?.MoveToOuterDisposeScope();
    }

    /// <exception cref="ObjectDisposedException">It names the data.</exception>
    internal void ThrowIfDisposed()
    {
        if (isDisposed)
            throw new ObjectDisposedException(GetType().Name, $"The data set '{Name}' has been disposed.");
    }

    /// <summary>Releases the data's native memory.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the subclass holds.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Refuses what can't be drawn: the first check of every <see cref="Draw"/>.</summary>
    /// <param name="position">Samples that come before the batch; must be at least 0.</param>
    /// <param name="count">Samples to draw; must be at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is below 0, or <paramref name="count"/> is below 1.</exception>
    protected static void ThrowIfNotDrawable(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
    }
}
