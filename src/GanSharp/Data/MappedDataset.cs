using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// Samples in a file that may be larger than memory: a NumPy .npy array of uint8 images or float32 values, mapped into memory. A draw reads its own
/// rows; the system keeps what fits and drops what it needs room for. Images become float32 in [−1, 1] and the sequence is that of a
/// <see cref="TensorDataset"/> of the same rows and split, bit for bit. As with every mapped file, one that is shortened while it is open ends the process.
/// </summary>
public sealed class MappedDataset : Dataset
{
    private readonly Tensor samples;
    private readonly Tensor? labels;
    private readonly RandomOrder? arrangement;
    private readonly long first;
    private readonly EpochOrder order;

    /// <summary>The rows at [first, first + count) of an arrangement, or of the file.</summary>
    private MappedDataset(Tensor samples, Tensor? labels, RandomOrder? arrangement, long first, long count, MappedDataset? heldOut, string name)
        : base(name, samples.shape[1..])
    {
        this.samples = samples.alias().DetachFromDisposeScope();
        this.labels = labels?.alias().DetachFromDisposeScope();
        (this.arrangement, this.first, Count, HeldOut) = (arrangement, first, count, heldOut);
        order = new EpochOrder(count);
    }

    /// <inheritdoc/>
    public override long? Count { get; }

    /// <inheritdoc/>
    public override Dataset? HeldOut { get; }

    /// <summary>Maps a file; nothing but its header is read.</summary>
    /// <param name="path">A .npy file of shape [N, …] of type uint8 or float32, in C order: numpy.save, numpy.lib.format.open_memmap or <see cref="NpyFile.Write"/> makes one.</param>
    /// <param name="labelsPath">A .npy file of shape [N] of uint8 or signed integers, or null.</param>
    /// <param name="heldOutFraction">Share of the rows set aside for diagnostics, in (0, 1), or 0 for none. Default 0.1.</param>
    /// <param name="seed">Determines which rows are set aside.</param>
    /// <param name="name">What messages and reports call the data; the file's name where null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">heldOutFraction is none.</exception>
    /// <exception cref="InvalidDatasetException">A file is no .npy file, of another type or shape, cut off, or goes on after its end.</exception>
    public static MappedDataset Open(string path, string? labelsPath = null, double heldOutFraction = 0.1, long seed = 0, string? name = null)
    {
        if (!(heldOutFraction >= 0 && heldOutFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(heldOutFraction), heldOutFraction, "heldOutFraction must be at least 0 and below 1.");
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var samples = NpyFile.Map(path);
        if (samples.dim() < 2 || samples.dtype is not (ScalarType.Byte or ScalarType.Float32))
            throw new InvalidDatasetException($"'{path}' must hold uint8 or float32 samples of shape [N, …] but holds {samples.dtype} of shape {Shape.Format(samples.shape)}.");
        var labels = labelsPath is null ? null : NpyFile.Map(labelsPath);
        if (labels is not null && (labels.dim() != 1 || labels.shape[0] != samples.shape[0] || labels.is_floating_point()))
            throw new InvalidDatasetException($"'{labelsPath}' must hold an integer for each of the {samples.shape[0]:N0} samples of '{path}' but holds {labels.dtype} of shape {Shape.Format(labels.shape)}.");
        name ??= Path.GetFileNameWithoutExtension(path);
        var total = samples.shape[0];
        if (heldOutFraction == 0)
            return new MappedDataset(samples, labels, null, 0, total, null, name);
        var split = RowSplit.Create(name, total, heldOutFraction, seed);
        var heldOut = new MappedDataset(samples, labels, split.Order, 0, split.HeldOut, null, $"{name}, held out");
        return new MappedDataset(samples, labels, split.Order, split.HeldOut, total - split.HeldOut, heldOut, name);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDatasetException">A drawn row holds NaN or infinity.</exception>
    public override Batch Draw(long seed, long position, int count)
    {
        ThrowIfNotDrawable(position, count);
        using var scope = NewDisposeScope();
        var rows = order.Rows(seed, position, count);
        for (var index = 0; arrangement is not null && index < count; index++)
            rows[index] = arrangement[first + rows[index]];
        var indices = tensor(rows);
        var drawn = samples.index_select(0, indices);
        if (TensorDataset.FirstNonFinite(drawn) is { } bad)
            throw new InvalidDatasetException($"'{Name}' must hold finite values but row {rows[bad]:N0} of its file holds NaN or infinity.");
        return new Batch(TensorDataset.ToFloat(drawn).MoveToOuterDisposeScope(), labels?.index_select(0, indices).to(ScalarType.Int64).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        samples.Dispose();
        labels?.Dispose();
        HeldOut?.Dispose();
    }
}
