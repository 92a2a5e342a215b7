using System.Globalization;
using GanSharp.Data;
using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Images;

/// <summary>
/// How alike generated images are to each other: the mean MS-SSIM of random pairs of them (Odena et al. 2017), as a metric of training runs. Repeated images and lost modes raise
/// it. That of pairs of real images stands beside it. Lower is more diverse, but below the real value isn't better: noise has the lowest of all.
/// </summary>
/// <remarks>
/// Odena et al. take pairs of one class; these are of any classes, as the samples come. It never compares a generated image with a real one, so it says nothing of quality.
/// Every image is in one pair only, so pairs are independent, and the interval is Student's with their variance.
/// </remarks>
public sealed class StructuralSimilarityMetric : IMetric
{
    // Student's quantile needs three degrees of freedom.
    private const int FewestPairs = 4;
    private readonly long samples;
    private readonly double lowest, highest;

    /// <summary>The mean MS-SSIM of a given number of pairs.</summary>
    /// <param name="samples">Images of each side, at least 8, which make half as many pairs; fewer where fewer are held out. Default 2,000.</param>
    /// <param name="lowest">The value of black. Default −1, the lowest of a generator that ends in tanh. What is generated beyond it counts as black, as in a picture file.</param>
    /// <param name="highest">The value of white. Default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> are too few, or <paramref name="lowest"/> isn't below <paramref name="highest"/>.</exception>
    public StructuralSimilarityMetric(long samples = 2_000, double lowest = -1, double highest = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2 * FewestPairs);
        StructuralSimilarity.ThrowIfNoRange(lowest, highest);
        (this.samples, this.lowest, this.highest) = (samples, lowest, highest);
    }

    /// <summary>"MS-SSIM of pairs".</summary>
    public string Name => "MS-SSIM of pairs";

    /// <summary>Near real: higher is less diverse, and lower is noisier.</summary>
    public MetricGoal Goal => MetricGoal.NearReal;

    /// <summary>"samples", and "lowest" and "highest", the range of the pixels.</summary>
    public IReadOnlyDictionary<string, string> Settings => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["samples"] = samples.ToString(CultureInfo.InvariantCulture),
        ["lowest"] = lowest.ToString(CultureInfo.InvariantCulture),
        ["highest"] = highest.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Measures the generator of the context; memory for a batch is enough.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var count = context.Available(samples) / 2 * 2;
        if (count < 2 * FewestPairs)
            throw new InvalidOperationException($"{Name} needs at least {2 * FewestPairs} real and {2 * FewestPairs} generated images but there are {context.Available(samples)}.");
        // Real images beyond the range are a mistake in the range, and refused.
        var generated = Mean(context.Generated(count), images => images.clamp(lowest, highest));
        return new MetricValue(generated.Value, generated, Mean(context.Real(count), images => images));
    }

    private Estimate Mean(IEnumerable<Batch> batches, Func<Tensor, Tensor> bring)
    {
        using var scope = NewDisposeScope();
        var values = new List<Tensor>();
        // The order is random and batches are even, so neighbors are random pairs.
        foreach (var batch in batches)
        {
            using var one = NewDisposeScope();
            var images = bring(batch.Samples);
            var places = arange(0, images.shape[0], 2, device: images.device);
            values.Add(StructuralSimilarity.MeasureMultiScale(images.index_select(0, places), images.index_select(0, places + 1), lowest, highest).MoveToOuterDisposeScope());
        }
        var pairs = cat(values);
        var (count, mean) = (pairs.numel(), pairs.mean().item<double>());
        var half = new VarianceEstimate(pairs.var().item<double>() / count, count - 1).HalfWidth;
        return new Estimate(mean, mean - half, mean + half, 2 * count);
    }
}
