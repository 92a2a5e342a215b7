using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// <see cref="EnergyDistance"/> of features as a metric of training runs: 0 for equal distributions. It reads blocks of samples one after another, takes the
/// unbiased statistic of each, and averages (the block average of Zaremba et al. 2013): memory for one block, and independent terms, so that the interval holds
/// where the distributions are equal as well, which that of the statistic of all samples doesn't.
/// </summary>
public sealed class EnergyDistanceMetric : IMetric
{
    // Enough for the normal quantile: with 32 terms its interval covers 94%.
    private const int Blocks = 32, FewestInBlock = 2;
    private readonly IFeatureExtractor features;
    private readonly long samples;

    /// <summary>The distance of given features.</summary>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="samples">Real samples, and as many generated ones, at least 64; fewer where fewer are held out. Default 2,048.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> are too few for its blocks.</exception>
    public EnergyDistanceMetric(IFeatureExtractor? features = null, long samples = 2_048)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, Blocks * FewestInBlock);
        (this.features, this.samples) = (features ?? new PixelFeatures(), samples);
    }

    /// <summary>"energy distance (pixels)", with the extractor's name.</summary>
    public string Name => $"energy distance ({features.Name})";

    /// <inheritdoc/>
    public MetricGoal Goal => MetricGoal.Lower;

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

    /// <summary>Measures the distance, in the unit of the features, with a 95% interval. It may be negative where the distributions are close.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var block = (int)(context.Available(samples) / Blocks);
        if (block < FewestInBlock)
            throw new InvalidOperationException($"{nameof(EnergyDistanceMetric)} needs at least {Blocks * FewestInBlock} real and generated samples but there are {context.Available(samples)}.");
        using var scope = NewDisposeScope();
        var terms = new List<double>(Blocks);
        foreach (var (real, fake) in context.Real((long)block * Blocks, block).Zip(context.Generated((long)block * Blocks, block)))
        {
            using var pair = NewDisposeScope();
            terms.Add(EnergyDistance.Unbiased(features.ExtractChecked(real.Samples), features.ExtractChecked(fake.Samples)));
        }
        return new WeightedMeans(0, (1, tensor(terms))).Normal() with { SampleCount = (long)block * Blocks };
    }
}
