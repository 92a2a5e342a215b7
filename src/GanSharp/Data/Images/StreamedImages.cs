using static TorchSharp.torch;

namespace GanSharp.Data.Images;

/// <summary>
/// Images that stay in their files until they are drawn. A draw that begins where the last one ended, or as far behind the last one as that behind the one before
/// (a process that reads its part of each batch), is treated as the start of a sequence: the batches that come next in it are decoded ahead. Any other draw
/// (for diagnostics, or of a resumed run) is decoded immediately and doesn't disturb them.
/// </summary>
internal sealed class StreamedImages : Dataset
{
    private readonly ImageFiles files;
    private readonly ImageFolderOptions options;
    private readonly TaskScheduler decoders;
    private readonly EpochOrder order;
    private readonly Queue<DecodingBatch> ahead = new();
    private (long Seed, long Position, int Count, long Distance)? last;
    private long stride;

    private StreamedImages(ImageFiles files, ImageFolderOptions options, TaskScheduler decoders, StreamedImages? heldOut, string name)
        : base(name, [options.Image.Channels, options.Image.Height, options.Image.Width])
    {
        (this.files, this.options, this.decoders, HeldOut) = (files, options, decoders, heldOut);
        order = new EpochOrder(files.Paths.Length);
    }

    /// <inheritdoc/>
    public override long? Count => files.Paths.Length;

    /// <inheritdoc/>
    public override Dataset? HeldOut { get; }

    internal override (long Lowest, long Highest)? LabelRange => files.Labels is { Length: > 0 } all ? (all.Min(), all.Max()) : null;

    /// <summary>The files, with the held-out part that the options request.</summary>
    public static StreamedImages Open(ImageFiles files, ImageFolderOptions options)
    {
        // Both parts share the threads.
        var decoders = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, options.DecodeThreads ?? ImageFolderOptions.DefaultDecodeThreads).ConcurrentScheduler;
        if (options.HeldOutFraction == 0)
            return new StreamedImages(files, options, decoders, null, files.Name);
        var split = RowSplit.Create(files.Name, files.Paths.Length, options.HeldOutFraction, options.Seed);
        // Diagnostics read the same few held-out batches at every report, so there is no next batch to read ahead.
        var heldOut = new StreamedImages(files.Select(split.HeldOutRows()), options with { BatchesAhead = 0 }, decoders, null, $"{files.Name}, held out");
        return new StreamedImages(files.Select(split.TrainingRows()), options, decoders, heldOut, files.Name);
    }

    /// <inheritdoc/>
    public override Batch Draw(long seed, long position, int count)
    {
        ThrowIfNotDrawable(position, count);
        using var scope = NewDisposeScope();
        var distance = last is var (lastSeed, lastPosition, _, _) && lastSeed == seed ? position - lastPosition : 0;
        var follows = distance > 0 && (distance == last!.Value.Count || distance == last.Value.Distance);
        last = (seed, position, count, distance);
        DecodingBatch batch;
        if (ahead.TryPeek(out var next) && next.Is(seed, position, count))
            (batch, follows) = (ahead.Dequeue(), true);
        else
        {
            if (follows)
            {
                DiscardAhead();
                stride = distance;
            }
            batch = Begin(seed, position, count);
        }
        using (batch)
        {
            while (follows && ahead.Count < options.BatchesAhead)
                ahead.Enqueue(Begin(seed, position + (ahead.Count + 1L) * stride, count));
            var samples = InMemoryDataset.ToFloat(batch.Pixels());
            return new Batch(samples.MoveToOuterDisposeScope(), LabelsOf(batch.Rows)?.MoveToOuterDisposeScope());
        }
    }

    internal override Tensor? ReadLabels(long seed, long position, int count)
    {
        ThrowIfDisposed();
        return LabelsOf(order.Rows(seed, position, count));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        DiscardAhead();
        HeldOut?.Dispose();
    }

    private Tensor? LabelsOf(IEnumerable<long> rows) => files.Labels is { } all ? tensor(rows.Select(row => all[row]).ToArray()) : null;

    private DecodingBatch Begin(long seed, long position, int count) => new(files, options, decoders, seed, position, order.Rows(seed, position, count));

    private void DiscardAhead()
    {
        while (ahead.TryDequeue(out var batch))
            batch.Dispose();
    }
}
