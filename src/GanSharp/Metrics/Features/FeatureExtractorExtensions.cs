using GanSharp.Data;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>What every user of an <see cref="IFeatureExtractor"/> needs.</summary>
public static class FeatureExtractorExtensions
{
    /// <summary><see cref="IFeatureExtractor.Extract"/> where what is returned is what it promises.</summary>
    /// <param name="extractor">The extractor.</param>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <returns>Float32 tensor of shape [N, d].</returns>
    /// <exception cref="InvalidOperationException">The extractor returned another type or shape; the message names it.</exception>
    public static Tensor ExtractChecked(this IFeatureExtractor extractor, Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(samples);
        var features = extractor.Extract(samples);
        return features is not null && features.dtype == ScalarType.Float32 && features.dim() == 2 && features.shape[0] == samples.shape[0] ? features
            : throw new InvalidOperationException($"{extractor.GetType().Name}.Extract must return float32 features of shape [{samples.shape[0]}, d] for {samples.shape[0]} samples but returned {(features is null ? "null" : $"{features.dtype} of shape {Shape.Format(features.shape)}")}.");
    }

    /// <summary>The features of all samples of some batches in one tensor, for a metric that needs them together. Only the features have to fit into memory.</summary>
    /// <param name="extractor">The extractor.</param>
    /// <param name="batches">Batches, such as <see cref="MetricContext.Real"/>; at least one.</param>
    /// <returns>Float32 tensor of shape [N, d] on the CPU.</returns>
    /// <exception cref="InvalidOperationException">The extractor returned another type or shape, or there are no batches.</exception>
    public static Tensor ExtractAll(this IFeatureExtractor extractor, IEnumerable<Batch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var pieces = new List<Tensor>();
        foreach (var batch in batches)
        {
            using var piece = NewDisposeScope();
            pieces.Add(extractor.ExtractChecked(batch.Samples).cpu().clone().MoveToOuterDisposeScope());
        }
        return pieces.Count > 0 ? cat(pieces).MoveToOuterDisposeScope() : throw new InvalidOperationException("batches must hold at least one batch but is empty.");
    }

    /// <summary><see cref="ExtractAll"/>, once for all metrics of one report that compare the same features of as many samples.</summary>
    /// <param name="extractor">The extractor.</param>
    /// <param name="context">What is measured.</param>
    /// <param name="side">Which samples: "real", twice as many as the others, "generated" or "training".</param>
    /// <param name="count">Samples of each set.</param>
    /// <param name="batches">The samples.</param>
    internal static Tensor ExtractShared(this IFeatureExtractor extractor, MetricContext context, string side, long count, IEnumerable<Batch> batches) =>
        context.Shared is { } shared ? shared.Get((extractor, side, count), () => extractor.ExtractAll(batches)) : extractor.ExtractAll(batches);

    /// <summary>
    /// "features", the extractor's name, "weights", the hash of its weights where it has some, and its settings as "features.…": what <see cref="IMetric.Settings"/> of a metric of features
    /// begins with.
    /// </summary>
    internal static SortedDictionary<string, string> Describe(this IFeatureExtractor extractor)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["features"] = extractor.Name };
        if (extractor.WeightsHash is { } hash)
            settings["weights"] = hash;
        foreach (var (name, value) in extractor.Settings)
            settings[$"features.{name}"] = value;
        return settings;
    }
}
