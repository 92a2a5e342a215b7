using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// A metric that compares the features of generated samples with those of real ones. It reads three sets of the same size: a real reference, generated samples,
/// and other real samples. The value compares the first two; <see cref="MetricValue.OfReal"/> compares the first and the third, which is what a perfect generator gets.
/// Only the features have to fit into memory.
/// </summary>
public abstract class FeatureMetric : IMetric
{
    private readonly IFeatureExtractor features;
    private readonly long samples;

    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Samples of each set, at least 2; half of the held-out samples where there are fewer than twice as many.</param>
    private protected FeatureMetric(IFeatureExtractor? features, long samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        (this.features, this.samples) = (features ?? new PixelFeatures(), samples);
    }

    /// <summary>"Fréchet distance (pixels)", with the extractor's name.</summary>
    public string Name => $"{Quantity} ({features.Name})";

    /// <inheritdoc/>
    public abstract MetricGoal Goal { get; }

    /// <summary>"features", the extractor's name, and "weights", the hash of its weights where it has some, and what else the metric depends on.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = features.Describe();
            settings["samples"] = samples.ToString(CultureInfo.InvariantCulture);
            foreach (var (name, value) in OwnSettings)
                settings[name] = value;
            return settings;
        }
    }

    private protected abstract string Quantity { get; }

    private protected virtual IEnumerable<KeyValuePair<string, string>> OwnSettings => [];

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = Math.Min(samples, Math.Min((context.RealCount ?? long.MaxValue) / 2, context.GeneratedCount ?? long.MaxValue));
        if (count < 2)
            throw new InvalidOperationException($"{GetType().Name} needs at least 4 real and 2 generated samples but there are {context.RealCount?.ToString(CultureInfo.InvariantCulture) ?? "enough"} and {context.GeneratedCount?.ToString(CultureInfo.InvariantCulture) ?? "enough"}.");
        using var scope = NewDisposeScope();
        var real = features.ExtractShared(context, "real", count, context.Real(2 * count));
        var fake = features.ExtractShared(context, "generated", count, context.Generated(count));
        context.CancellationToken.ThrowIfCancellationRequested();
        var (reference, other) = (real.narrow(0, 0, count), real.narrow(0, count, count));
        var value = Compare(reference, fake);
        return new MetricValue(value.Value, value, Compare(reference, other));
    }

    private protected abstract Estimate Compare(Tensor real, Tensor fake);
}
