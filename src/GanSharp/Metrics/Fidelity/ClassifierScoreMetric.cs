using System.Globalization;
using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary><see cref="ClassifierScore"/> as a metric of training runs. Only the probabilities have to fit into memory.</summary>
public sealed class ClassifierScoreMetric : IMetric
{
    private readonly IClassifier classifier;
    private readonly long samples;
    private readonly int splits;

    /// <summary>The score by a given classifier.</summary>
    /// <param name="classifier">What tells the classes apart.</param>
    /// <param name="samples">Generated samples, and as many real ones, at least 2 for each split; fewer where fewer are held out. Default 10,000.</param>
    /// <param name="splits">Parts that are scored apart, at least 4. Default 10, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="splits"/> is below 4, or <paramref name="samples"/> below 2 for each of them.</exception>
    public ClassifierScoreMetric(IClassifier classifier, long samples = 10_000, int splits = ClassifierScore.DefaultSplits)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, ClassifierScore.FewestSplits);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2L * splits);
        (this.classifier, this.samples, this.splits) = (classifier, samples, splits);
    }

    /// <summary>"classifier score (garment classifier)", with the classifier's name.</summary>
    public string Name => $"classifier score ({classifier.Name})";

    /// <summary>Near real: more than real images get isn't better.</summary>
    public MetricGoal Goal => MetricGoal.NearReal;

    /// <summary>"classifier", "weights", "samples" and "splits".</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = classifier.Describe(samples);
            settings["splits"] = splits.ToString(CultureInfo.InvariantCulture);
            return settings;
        }
    }

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = context.Available(samples);
        if (count < 2L * splits)
            throw new InvalidOperationException($"{nameof(ClassifierScoreMetric)} needs at least {2L * splits} real and as many generated samples but there are {count}.");
        using var scope = NewDisposeScope();
        var value = Score(context.Generated(count));
        return new MetricValue(value.Value, value, Score(context.Real(count)));
    }

    private Estimate Score(IEnumerable<Batch> batches)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var pieces = new List<Tensor>();
        foreach (var batch in batches)
        {
            using var piece = NewDisposeScope();
            pieces.Add(classifier.Probabilities(batch.Samples).cpu().clone().MoveToOuterDisposeScope());
        }
        return ClassifierScore.Measure(cat(pieces), splits);
    }
}
