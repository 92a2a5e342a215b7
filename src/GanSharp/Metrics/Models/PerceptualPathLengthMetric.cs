using System.Globalization;
using GanSharp.Metrics.Features;

namespace GanSharp.Metrics.Models;

/// <summary>
/// <see cref="PerceptualPathLength"/> as a metric of training runs. It needs a generator, so samples that were generated before have none; a conditional generator gets the labels of real samples.
/// There is no value of real samples, which have no latents.
/// </summary>
public sealed class PerceptualPathLengthMetric : IMetric
{
    private readonly IFeatureExtractor features;
    private readonly PathLengthOptions options;

    /// <summary>The length in given features.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="options">Null for the defaults. The seed is the context's.</param>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every one.</exception>
    public PerceptualPathLengthMetric(IFeatureExtractor? features = null, PathLengthOptions? options = null)
    {
        options?.ThrowIfInvalid();
        (this.features, this.options) = (features ?? new PixelFeatures(), options ?? new PathLengthOptions());
    }

    /// <summary>"perceptual path length (pixels)", with the extractor's name.</summary>
    public string Name => $"perceptual path length ({features.Name})";

    /// <summary>Lower, and only beside a measure of variety: a generator that makes one sample has a length of 0.</summary>
    public MetricGoal Goal => MetricGoal.Lower;

    /// <summary>"features", the extractor's name, and "weights", the hash of its weights where it has some; "paths", "epsilon", "trim" and "interpolation".</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = features.Describe();
            settings["paths"] = options.Paths.ToString(CultureInfo.InvariantCulture);
            settings["epsilon"] = options.Epsilon.ToString(CultureInfo.InvariantCulture);
            settings["trim"] = options.Trim.ToString(CultureInfo.InvariantCulture);
            settings["interpolation"] = options.Interpolation?.ToString().ToLowerInvariant() ?? "of the prior";
            return settings;
        }
    }

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var prior = context.Prior ?? throw new InvalidOperationException($"{nameof(PerceptualPathLengthMetric)} needs a generator, but the samples of this context were generated before.");
        return PerceptualPathLength.Measure(prior, context.Device, context.Sample, features, options with { Seed = context.Seed }, context.LabelsAt, context.CancellationToken).Mean;
    }
}
