using System.Globalization;
using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// <see cref="ClassificationAccuracyScore"/> as a metric of training runs, for a conditional generator or labeled generated samples. One half of the real samples tests; the other half trains the
/// classifier whose accuracy stands beside (<see cref="MetricValue.OfReal"/>). It trains two classifiers each time, so measure it rarely. All samples have to fit into memory.
/// </summary>
public sealed class ClassificationAccuracyMetric : IMetric
{
    private const int FewestSamples = 20;
    private readonly long samples;
    private readonly ClassifierTrainingOptions options;

    /// <summary>The score with given counts.</summary>
    /// <param name="samples">Generated samples to train on, as many real ones, and as many real ones to test, at least 20; half of the held-out samples where there are fewer than twice as many. Default 10,000.</param>
    /// <param name="options">The classifier and its training; null for the defaults. The seed is the context's.</param>
    /// <exception cref="ArgumentException">The count is too low, or an option is invalid; the message lists every one.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> are too few to train a classifier on.</exception>
    public ClassificationAccuracyMetric(long samples = 10_000, ClassifierTrainingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, FewestSamples);
        options?.ThrowIfInvalid();
        (this.samples, this.options) = (samples, options ?? new ClassifierTrainingOptions());
    }

    /// <summary>"classification accuracy score".</summary>
    public string Name => "classification accuracy score";

    /// <inheritdoc/>
    public MetricGoal Goal => MetricGoal.Higher;

    /// <summary>"samples", "steps", "batch size", "learning rate", and "classifier": "standard" or "own".</summary>
    public IReadOnlyDictionary<string, string> Settings => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["samples"] = samples.ToString(CultureInfo.InvariantCulture),
        ["steps"] = options.Steps.ToString(CultureInfo.InvariantCulture),
        ["batch size"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["learning rate"] = options.LearningRate.ToString(CultureInfo.InvariantCulture),
        ["classifier"] = options.MakeClassifier is null ? "standard" : "own",
    };

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    /// <exception cref="DiagnosticRefusedException">The generator ignores its labels, so they say nothing of its samples.</exception>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = Math.Min(samples, Math.Min((context.RealCount ?? long.MaxValue) / 2, context.GeneratedCount ?? long.MaxValue));
        if (count < FewestSamples)
            throw new InvalidOperationException($"{nameof(ClassificationAccuracyMetric)} needs at least {2 * FewestSamples} real and {FewestSamples} generated samples but there are {context.RealCount?.ToString(CultureInfo.InvariantCulture) ?? "enough"} and {context.GeneratedCount?.ToString(CultureInfo.InvariantCulture) ?? "enough"}.");
        using var scope = NewDisposeScope();
        var real = CollectedSamples.Of(context.Real(2 * count), "real");
        ThrowIfLabelsSayNothing(context, real.Labels ?? throw new InvalidOperationException($"{nameof(ClassificationAccuracyMetric)} needs data with labels, but it has none."));
        var generated = CollectedSamples.Of(context.Generated(count), "generated");
        Batch Half(long start) => new(real.Samples.narrow(0, start, count), real.Labels.narrow(0, start, count));
        var training = options with { Seed = context.Seed };
        Estimate Of(Batch trained) => ClassificationAccuracyScore.Measure(trained, Half(count), training, context.Device, context.CancellationToken).Accuracy;
        var value = Of(generated);
        return new MetricValue(value.Value, value, Of(Half(0)));
    }

    private static void ThrowIfLabelsSayNothing(MetricContext context, Tensor labels)
    {
        if (context.Prior is not { } prior)
            return;
        using var scope = NewDisposeScope();
        var classes = stack([labels.min(), labels.max()]).to(context.Device);
        using var random = SeededRandom.Create(context.Seed, "latent of two labels", device: context.Device);
        // One latent for both: only the label differs.
        var pair = context.Sample(prior.Sample(1, random, context.Device).expand(2, -1), classes);
        if (classes[0].item<long>() != classes[1].item<long>() && pair[0].equal(pair[1]).all().item<bool>())
            throw new DiagnosticRefusedException("The generator makes the same sample whatever the label, so its samples have no classes to train on. Measure a conditional generator, or pass labeled samples to ClassificationAccuracyScore.Measure.");
    }
}
