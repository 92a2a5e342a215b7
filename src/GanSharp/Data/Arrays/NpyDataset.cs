using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data.Arrays;

/// <summary>
/// Samples in a file that may be larger than memory: a NumPy .npy array of uint8 images or float32 values. Each draw reads its rows from the file; the system
/// caches as much of the file as fits in free memory. Images become float32 in [−1, 1] and the sequence is that of a
/// <see cref="InMemoryDataset"/> of the same rows and split, bit for bit. If the file is shortened while it is open, the draw that needs the missing rows fails
/// with an <see cref="InvalidDatasetException"/> that names the row.
/// </summary>
public sealed class NpyDataset : Dataset
{
    private readonly NpyRows samples;
    private readonly NpyRows? labels;
    private readonly RandomOrder? arrangement;
    private readonly long first;
    private readonly bool ownsFiles;
    private readonly EpochOrder order;

    /// <summary>The rows at [first, first + count) of an order, or of the file. The held-out part reads the files that the complete data set owns.</summary>
    private NpyDataset(NpyRows samples, NpyRows? labels, RandomOrder? arrangement, long first, long count, NpyDataset? heldOut, string name, bool ownsFiles = true)
        : base(name, samples.Shape[1..])
    {
        this.ownsFiles = ownsFiles;
        (this.samples, this.labels, this.arrangement, this.first, Count, HeldOut) = (samples, labels, arrangement, first, count, heldOut);
        order = new EpochOrder(count);
    }

    /// <inheritdoc/>
    public override long? Count { get; }

    /// <inheritdoc/>
    public override Dataset? HeldOut { get; }

    internal override (long Lowest, long Highest)? LabelRange => labels?.Range();

    /// <summary>Opens a file; only its header is read.</summary>
    /// <param name="path">A .npy file of shape [N, …] of type uint8 or float32, in C order, as written by numpy.save, numpy.lib.format.open_memmap or <see cref="NpyFile.Write"/>.</param>
    /// <param name="labelsPath">A .npy file of shape [N] of uint8 or signed integers, or null.</param>
    /// <param name="heldOutFraction">Share of the rows set aside for diagnostics, in (0, 1), or 0 for none. Default 0.1.</param>
    /// <param name="seed">Determines which rows are set aside. Default 0.</param>
    /// <param name="name">The data set's name in messages and reports; the file name where null.</param>
    /// <returns>The rows of the training part, with the others as <see cref="HeldOut"/>. It keeps the file open until it is disposed.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">heldOutFraction isn't a valid share.</exception>
    /// <exception cref="InvalidDatasetException">A file isn't a .npy file, has another type or shape, or is shorter or longer than its header says.</exception>
    public static NpyDataset Open(string path, string? labelsPath = null, double heldOutFraction = 0.1, long seed = 0, string? name = null)
    {
        if (!(heldOutFraction >= 0 && heldOutFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(heldOutFraction), heldOutFraction, "heldOutFraction must be at least 0 and below 1.");
        TorchRuntime.EnsureLoaded();
        var (samples, labels) = (NpyRows.Open(path), (NpyRows?)null);
        try
        {
            if (samples.Shape.Length < 2 || samples.Type is not (ScalarType.Byte or ScalarType.Float32))
                throw new InvalidDatasetException($"'{path}' must hold uint8 or float32 samples of shape [N, …] but holds {samples.Type} of shape {Shape.Format(samples.Shape)}.");
            labels = labelsPath is null ? null : NpyRows.Open(labelsPath);
            if (labels is not null && (labels.Shape.Length != 1 || labels.Shape[0] != samples.Shape[0] || labels.Type == ScalarType.Float32))
                throw new InvalidDatasetException($"'{labelsPath}' must hold an integer for each of the {samples.Shape[0]:N0} samples of '{path}' but holds {labels.Type} of shape {Shape.Format(labels.Shape)}.");
            name ??= Path.GetFileNameWithoutExtension(path);
            var total = samples.Shape[0];
            if (heldOutFraction == 0)
                return new NpyDataset(samples, labels, null, 0, total, null, name);
            var split = RowSplit.Create(name, total, heldOutFraction, seed);
            var heldOut = new NpyDataset(samples, labels, split.Order, 0, split.HeldOut, null, $"{name}, held out", ownsFiles: false);
            return new NpyDataset(samples, labels, split.Order, split.HeldOut, total - split.HeldOut, heldOut, name);
        }
        catch
        {
            samples.Dispose();
            labels?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDatasetException">A drawn row contains NaN or infinity, or is missing because the file has become shorter.</exception>
    /// <exception cref="IOException">The disk can't be read.</exception>
    public override Batch Draw(long seed, long position, int count)
    {
        ThrowIfNotDrawable(position, count);
        using var scope = NewDisposeScope();
        var rows = order.Rows(seed, position, count);
        for (var index = 0; arrangement is not null && index < count; index++)
            rows[index] = arrangement[first + rows[index]];
        var drawn = samples.Read(rows);
        if (InMemoryDataset.FirstNonFinite(drawn) is { } bad)
            throw new InvalidDatasetException($"'{Name}' must hold finite values but row {rows[bad]:N0} of its file holds NaN or infinity.");
        return new Batch(InMemoryDataset.ToFloat(drawn).MoveToOuterDisposeScope(), labels?.Read(rows).to(ScalarType.Int64).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || !ownsFiles)
            return;
        HeldOut?.Dispose();
        samples.Dispose();
        labels?.Dispose();
    }
}
