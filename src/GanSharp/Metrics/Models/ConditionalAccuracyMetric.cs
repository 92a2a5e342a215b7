using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// The share of a conditional generator's samples that a classifier of real ones recognizes as the class that was asked for (GAN-test, Shmelkov et al. 2018). It says nothing of how good or how different the samples of
/// a class are. The share of real samples that it recognizes stands beside it (<see cref="MetricValue.OfReal"/>), so a classifier's own errors are seen.
/// </summary>
public sealed class ConditionalAccuracyMetric : IMetric
{
    private readonly IClassifier classifier;
    private readonly long samples;

    /// <summary>The accuracy by a given classifier, whose classes are the data's labels.</summary>
    /// <param name="classifier">Trained on real samples, such as <see cref="GarmentClassifier"/>.</param>
    /// <param name="samples">Generated samples, and as many real ones, at least 1; fewer where fewer are held out. Default 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 1.</exception>
    public ConditionalAccuracyMetric(IClassifier classifier, long samples = 10_000)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        (this.classifier, this.samples) = (classifier, samples);
    }

    /// <summary>"conditional accuracy (garment classifier)", with the classifier's name.</summary>
    public string Name => $"conditional accuracy ({classifier.Name})";

    /// <summary>Higher: a generator may make clearer examples of a class than the data has, up to 1.</summary>
    public MetricGoal Goal => MetricGoal.Higher;

    /// <summary>"classifier", "weights" and "samples".</summary>
    public IReadOnlyDictionary<string, string> Settings => classifier.Describe(samples);

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    /// <exception cref="InvalidOperationException">The data has no labels.</exception>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = context.Available(samples);
        var value = Share(context.Generated(count));
        return new MetricValue(value.Value, value, Share(context.Real(count)));
    }

    /// <summary>The share, with Wilson's interval.</summary>
    private Estimate Share(IEnumerable<Batch> batches)
    {
        using var frozen = no_grad();
        var (recognized, all) = (0L, 0L);
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var labels = batch.Labels ?? throw new InvalidOperationException($"{nameof(ConditionalAccuracyMetric)} compares classes, but the data has no labels.");
            recognized += classifier.Probabilities(batch.Samples).argmax(1).cpu().eq(labels.cpu()).sum().item<long>();
            all += batch.Samples.shape[0];
        }
        return Proportion.Wilson((double)recognized / all, all, all);
    }
}
