using System.Globalization;
using GanSharp.Data;
using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Images;

/// <summary>A measure of <see cref="Sharpness"/>, averaged over generated images, as a metric of training runs. What real images have stands beside it; the nearer to that the better.</summary>
public sealed class SharpnessMetric : IMetric
{
    private const long DefaultSamples = 2_000;
    private readonly long samples;
    private readonly Func<Tensor, Tensor> measure;

    private SharpnessMetric(string name, long samples, Func<Tensor, Tensor> measure, Dictionary<string, string>? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        (Name, this.samples, this.measure, Settings) = (name, samples, measure, new Dictionary<string, string>(settings ?? []) { ["samples"] = samples.ToString(CultureInfo.InvariantCulture) });
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Near real: less is blur, and more is noise.</summary>
    public MetricGoal Goal => MetricGoal.NearReal;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The mean of <see cref="Sharpness.LaplacianVariance"/>.</summary>
    /// <param name="samples">Images of each side, at least 2; fewer where fewer are held out. Default 2,000.</param>
    /// <returns>A metric in the pixels' unit squared.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 2.</exception>
    public static SharpnessMetric LaplacianVariance(long samples = DefaultSamples) => new("Laplacian variance", samples, Sharpness.LaplacianVariance);

    /// <summary>The mean of <see cref="Sharpness.HighFrequencyShare"/>.</summary>
    /// <param name="samples">Images of each side, at least 2; fewer where fewer are held out. Default 2,000.</param>
    /// <param name="frequency">The limit in cycles per pixel, above 0 and below 0.5. Default 0.25.</param>
    /// <returns>A metric from 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frequency"/> doesn't lie between 0 and 0.5.</exception>
    public static SharpnessMetric HighFrequencyShare(long samples = DefaultSamples, double frequency = 0.25)
    {
        Sharpness.ThrowIfNoFrequency(frequency);
        return new("high-frequency share", samples, images => Sharpness.HighFrequencyShare(images, frequency), new() { ["frequency"] = frequency.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Measures the generator of the context. The interval is normal: images are independent.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = context.Available(samples);
        if (count < 2)
            throw new InvalidOperationException($"{Name} needs at least 2 real and 2 generated images but there are {count}.");
        var generated = Mean(context.Generated(count));
        return new MetricValue(generated.Value, generated, Mean(context.Real(count)));
    }

    private Estimate Mean(IEnumerable<Batch> batches)
    {
        using var scope = NewDisposeScope();
        var values = new List<Tensor>();
        foreach (var batch in batches)
            values.Add(measure(batch.Samples));
        return new WeightedMeans(0, (1, cat(values))).Normal();
    }
}
