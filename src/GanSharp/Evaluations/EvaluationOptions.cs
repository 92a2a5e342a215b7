using GanSharp.Metrics;
using GanSharp.Metrics.Features;

namespace GanSharp.Evaluations;

/// <summary>What <see cref="Evaluation"/> measures.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The metrics, with different names. Null (the default) for those that fit the data: <see cref="Evaluation.DefaultMetrics"/>.</summary>
    public IReadOnlyList<IMetric>? Metrics { get; init; }

    /// <summary>What the default metrics compare. Null (the default) for <see cref="Evaluation.DefaultFeatures"/>. The caller disposes it.</summary>
    public IFeatureExtractor? Features { get; init; }

    /// <summary>Samples of each set that the default metrics use, at least 64; fewer where there are fewer. Default 10,000, as in most papers that have no 50,000 held-out samples.</summary>
    public long Samples { get; init; } = 10_000;

    /// <summary>Determines which samples are drawn. Default 0.</summary>
    public long Seed { get; init; }

    internal void ThrowIfInvalid()
    {
        const int Fewest = 64;
        if (Samples < Fewest)
            throw new ArgumentException(FormattableString.Invariant($"EvaluationOptions.Samples must be at least {Fewest} but is {Samples}."));
        if (Metrics is { } metrics && (metrics.Count == 0 || metrics.Any(metric => metric is null)))
            throw new ArgumentException("EvaluationOptions.Metrics must hold at least one metric and no null; leave it null for those that fit the data.");
        if (Metrics?.CountBy(metric => metric.Name).FirstOrDefault(entry => entry.Value > 1) is { Key: { } repeated })
            throw new ArgumentException($"EvaluationOptions.Metrics must have different names but several are called '{repeated}'.");
    }
}
