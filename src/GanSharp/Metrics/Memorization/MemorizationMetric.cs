using System.Globalization;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Memorization;

/// <summary>
/// <see cref="MemorizationShare"/> as a metric of training runs: of generated samples, the share that is nearer to training samples than to as many held-out ones. ½ is no memorization.
/// That of other held-out samples stands beside it, which differs from ½ by chance alone.
/// </summary>
/// <remarks>
/// Where more were trained on than held out, only as many of them are searched, and copies of the others look like real samples: a generator that does nothing but copy gets
/// ½ + s / 2 where s is the share that is searched. So hold out much, or search all by <see cref="NearestTrainingNeighbors"/>.
/// </remarks>
public sealed class MemorizationMetric : IMetric
{
    private readonly IFeatureExtractor features;
    private readonly long samples;

    /// <summary>The share in given features.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">
    /// Samples of each set, at least 2: generated, trained on, held out, and others held out; half of the held-out samples where there are fewer than twice as many. Default 5,000: the time
    /// grows with the square.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    public MemorizationMetric(IFeatureExtractor? features = null, long samples = 5_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        (this.features, this.samples) = (features ?? new PixelFeatures(), samples);
    }

    /// <summary>"memorization (pixels)", with the extractor's name.</summary>
    public string Name => $"memorization ({features.Name})";

    /// <summary>That of real samples, about ½: more is memorization, less is chance.</summary>
    public MetricGoal Goal => MetricGoal.NearReal;

    /// <summary>"features", the extractor's name, and "weights", the hash of its weights where it has some, and "samples".</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = features.Describe();
            settings["samples"] = samples.ToString(CultureInfo.InvariantCulture);
            return settings;
        }
    }

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    /// <exception cref="InvalidOperationException">The data has no held-out part, or every draw of it is fresh, or there are too few samples.</exception>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsHeldOut)
            throw new InvalidOperationException($"{nameof(MemorizationMetric)} needs data with a held-out part, such as that of InMemoryDataset.Split: without it there is nothing to compare training samples with.");
        if (context.TrainingCount is not { } trained)
            throw new InvalidOperationException($"{nameof(MemorizationMetric)} needs a fixed number of training samples, but every draw of this data is fresh, so there is nothing to memorize.");
        var count = Math.Min(Math.Min(samples, trained), Math.Min((context.RealCount ?? long.MaxValue) / 2, context.GeneratedCount ?? long.MaxValue));
        if (count < 2)
            throw new InvalidOperationException($"{nameof(MemorizationMetric)} needs at least 2 training, 4 held-out and 2 generated samples but there are {trained}, {Text(context.RealCount)} and {Text(context.GeneratedCount)}.");
        using var scope = NewDisposeScope();
        var training = features.ExtractShared(context, "training", count, context.Training(count));
        var real = features.ExtractShared(context, "real", count, context.Real(2 * count));
        var fake = features.ExtractShared(context, "generated", count, context.Generated(count));
        context.CancellationToken.ThrowIfCancellationRequested();
        var (heldOut, other) = (real.narrow(0, 0, count), real.narrow(0, count, count));
        var value = MemorizationShare.Measure(fake, training, heldOut);
        return new MetricValue(value.Value, value, MemorizationShare.Measure(other, training, heldOut));
    }

    private static string Text(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "enough";
}
