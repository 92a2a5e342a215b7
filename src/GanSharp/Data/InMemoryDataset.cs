using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// Samples held in memory as one tensor. Images stay uint8, a quarter of the memory, and become float32 in [−1, 1]
/// (x / 127.5 − 1, the range of a generator's tanh) only in the batch that is drawn.
/// </summary>
public sealed class InMemoryDataset : Dataset
{
    private readonly Tensor samples;
    private readonly Tensor? labels;
    private readonly EpochOrder order;

    /// <summary>Creates a data set from the given tensors. It uses them without a copy; the caller disposes them.</summary>
    /// <param name="samples">Tensor of shape [N, …] with N ≥ 1: uint8 images, or floating-point values, which must be finite.</param>
    /// <param name="labels">Integer tensor of shape [N], or null.</param>
    /// <param name="heldOut">Data set aside for diagnostics, of the same sample shape, which this data set disposes; null (the default) for none.</param>
    /// <param name="name">The data set's name in messages and reports. Default "tensor data".</param>
    /// <exception cref="ArgumentException">The shapes don't match, or the tensor is empty, of another type, or has NaN or infinite values.</exception>
    public InMemoryDataset(Tensor samples, Tensor? labels = null, InMemoryDataset? heldOut = null, string name = "tensor data")
        : base(name, Check(samples, labels, heldOut, name))
    {
        this.samples = samples.alias().DetachFromDisposeScope();
        this.labels = labels?.to(ScalarType.Int64, copy: true).DetachFromDisposeScope();
        order = new EpochOrder(samples.shape[0]);
        HeldOut = heldOut;
    }

    /// <inheritdoc/>
    public override long? Count => samples.shape[0];

    /// <inheritdoc/>
    public override Dataset? HeldOut { get; }

    internal override (long Lowest, long Highest)? LabelRange => RangeOf(labels);

    /// <summary>Sets a random part of the samples aside as <see cref="HeldOut"/>.</summary>
    /// <param name="heldOutFraction">Share of the samples to set aside, in (0, 1); at least one sample stays on each side.</param>
    /// <param name="seed">Determines which samples are set aside. Default 0.</param>
    /// <returns>A new data set with the rest as its training part. This one stays valid.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="heldOutFraction"/> doesn't lie between 0 and 1, both excluded.</exception>
    public InMemoryDataset Split(double heldOutFraction, long seed = 0)
    {
        if (!(heldOutFraction > 0 && heldOutFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(heldOutFraction), heldOutFraction, "heldOutFraction must lie between 0 and 1, both excluded.");
        var split = RowSplit.Create(Name, samples.shape[0], heldOutFraction, seed);
        using var scope = NewDisposeScope();
        InMemoryDataset Part(long[] rows, InMemoryDataset? heldOut, string name)
        {
            var indices = tensor(rows);
            return new(samples.index_select(0, indices), labels?.index_select(0, indices), heldOut, name);
        }
        return Part(split.TrainingRows(), Part(split.HeldOutRows(), null, $"{Name}, held out"), Name);
    }

    /// <inheritdoc/>
    public override Batch Draw(long seed, long position, int count)
    {
        ThrowIfNotDrawable(position, count);
        using var scope = NewDisposeScope();
        var indices = tensor(order.Rows(seed, position, count));
        var drawn = ToFloat(samples.index_select(0, indices));
        return new Batch(drawn.MoveToOuterDisposeScope(), labels?.index_select(0, indices).MoveToOuterDisposeScope());
    }

    internal override Tensor? ReadLabels(long seed, long position, int count)
    {
        ThrowIfDisposed();
        using var scope = NewDisposeScope();
        return labels?.index_select(0, tensor(order.Rows(seed, position, count))).MoveToOuterDisposeScope();
    }

    /// <summary>Images of bytes as float32 in [−1, 1]; other values unchanged.</summary>
    internal static Tensor ToFloat(Tensor drawn) => drawn.dtype == ScalarType.Byte ? drawn.to(ScalarType.Float32).mul_(1 / 127.5).sub_(1) : drawn;

    internal static (long Lowest, long Highest)? RangeOf(Tensor? labels)
    {
        if (labels is null)
            return null;
        using var scope = NewDisposeScope();
        return (labels.min().to(ScalarType.Int64).item<long>(), labels.max().to(ScalarType.Int64).item<long>());
    }

    /// <summary>Index of the first sample that contains NaN or infinity; null where there is none.</summary>
    internal static long? FirstNonFinite(Tensor samples)
    {
        if (!samples.is_floating_point())
            return null;
        using var scope = NewDisposeScope();
        var finite = samples.isfinite().flatten(1).all(1);
        return finite.all().item<bool>() ? null : finite.to(ScalarType.Int32).argmin().item<long>();
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

    private static long[] Check(Tensor samples, Tensor? labels, InMemoryDataset? heldOut, string name)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() < 2 || samples.numel() == 0)
            throw new ArgumentException($"'{name}': samples must have shape [N, …] with at least one sample but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        if (samples.dtype != ScalarType.Byte && !samples.is_floating_point())
            throw new ArgumentException($"'{name}': samples must be uint8 images or floating-point values but are {samples.dtype}.", nameof(samples));
        if (FirstNonFinite(samples) is { } bad)
            throw new ArgumentException($"'{name}': samples must be finite but sample {bad} holds NaN or infinity.", nameof(samples));
        if (labels is not null && (labels.is_floating_point() || labels.is_complex()))
            throw new ArgumentException($"'{name}': labels must be integers but are {labels.dtype}.", nameof(labels));
        if (labels is not null && (labels.dim() != 1 || labels.shape[0] != samples.shape[0]))
            throw new ArgumentException($"'{name}': labels must have shape [{samples.shape[0]}], one per sample, but have shape {Shape.Format(labels.shape)}.", nameof(labels));
        var sampleShape = samples.shape[1..];
        if (heldOut is not null && !heldOut.SampleShape.SequenceEqual(sampleShape))
            throw new ArgumentException($"'{name}': held-out samples must have shape {Shape.Format(sampleShape)} like the training samples but have shape {Shape.Format(heldOut.SampleShape)}.", nameof(heldOut));
        return sampleShape;
    }
}
