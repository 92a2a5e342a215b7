using GanSharp.Data;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>All samples of some batches together on the CPU, for a metric that fits a model to them.</summary>
internal static class CollectedSamples
{
    /// <summary>Joins batches.</summary>
    /// <param name="batches">At least one batch; each may be disposed when the next one is asked for.</param>
    /// <param name="name">What they are called in messages.</param>
    /// <returns>Samples, float32 of shape [N, …], and labels, int64 of shape [N], or null where no batch has some.</returns>
    /// <exception cref="ArgumentException">There is none, or only some have labels.</exception>
    public static Batch Of(IEnumerable<Batch> batches, string name)
    {
        ArgumentNullException.ThrowIfNull(batches, name);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<Tensor> samples = [], labels = [];
        foreach (var batch in batches)
        {
            // Without it, aliases of every batch would stay until the end.
            using var piece = NewDisposeScope();
            samples.Add(batch.Samples.detach().cpu().to(ScalarType.Float32, copy: true).MoveToOuterDisposeScope());
            if (batch.Labels is { } some)
                labels.Add(some.cpu().to(ScalarType.Int64, copy: true).MoveToOuterDisposeScope());
        }
        if (samples.Count == 0)
            throw new ArgumentException($"{name} must hold at least one batch but is empty.", name);
        if (labels.Count != 0 && labels.Count != samples.Count)
            throw new ArgumentException($"{name} must have labels in every batch or in none, but {labels.Count} of {samples.Count} have some.", name);
        return new Batch(cat(samples).MoveToOuterDisposeScope(), labels.Count == 0 ? null : cat(labels).MoveToOuterDisposeScope());
    }
}
