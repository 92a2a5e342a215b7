using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data;

/// <summary>
/// Checks what a data set returned against what <see cref="Dataset.Draw"/> promises. Only type and shape are checked, which costs a few calls per batch:
/// float64 samples would end the process in the first matrix product.
/// </summary>
internal static class BatchCheck
{
    public static void ThrowIfUnfit(Dataset data, Batch batch, long position, int count)
    {
        var (samples, labels) = batch;
        if (samples is null || samples.IsInvalid)
            throw Unfit($"returned {(samples is null ? "no samples (null)" : "samples that have been disposed: move what leaves a DisposeScope out of it with MoveToOuterDisposeScope()")}");
        if (samples.dtype != ScalarType.Float32)
            throw Unfit($"returned samples of type {samples.dtype}. GanSharp trains float32: convert them with to(ScalarType.Float32){(samples.dtype == ScalarType.Byte ? ".div(127.5).sub(1), or give the bytes to an InMemoryDataset, which does so" : "")}");
        if (!HasShape(samples, count, data.SampleShape))
            throw Unfit($"returned samples of shape {Shape.Format(samples.shape)} instead of {Shape.Format([count, .. data.SampleShape])}{(samples.dim() > 0 && samples.size(0) < count ? ". A sequence is endless: after the last sample of an epoch comes the first of the next" : "")}");
        if (labels is null)
            return;
        if (labels.IsInvalid)
            throw Unfit("returned labels that have been disposed: move what leaves a DisposeScope out of it with MoveToOuterDisposeScope()");
        if (labels.dtype != ScalarType.Int64)
            throw Unfit($"returned labels of type {labels.dtype}. They must be int64: convert them with to(ScalarType.Int64)");
        if (labels.dim() != 1 || labels.size(0) != count)
            throw Unfit($"returned labels of shape {Shape.Format(labels.shape)} instead of {Shape.Format([count])}, one per sample");

        InvalidDatasetException Unfit(string fault) =>
            new(FormattableString.Invariant($"'{data.Name}': Draw was asked for {count} samples at position {position} and {fault}."));
    }

    private static bool HasShape(Tensor samples, int count, IReadOnlyList<long> sampleShape)
    {
        if (samples.dim() != sampleShape.Count + 1 || samples.size(0) != count)
            return false;
        for (var dimension = 0; dimension < sampleShape.Count; dimension++)
            if (samples.size(dimension + 1) != sampleShape[dimension])
                return false;
        return true;
    }
}
