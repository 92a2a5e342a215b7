using System.Globalization;
using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// <see cref="ParzenWindow.Measure"/> as a metric of training runs: mean log-likelihood of held-out samples in nats. It is known to mislead (Theis et al. 2016), so read it beside the value of real
/// samples (<see cref="MetricValue.OfReal"/>), whose density is judged by the same validation and test samples. All samples have to fit into memory.
/// </summary>
public sealed class ParzenWindowMetric : IMetric
{
    private const int FewestSamples = 20, FewestOfSplit = 2;
    private readonly long samples, validation, test;
    private readonly IReadOnlyList<double>? bandwidths;

    /// <summary>The log-likelihood with given counts. Where fewer real samples are held out than the three sets need together, each set shrinks by the same factor.</summary>
    /// <param name="samples">Generated samples, and as many real ones for the value of real samples, at least 20. Default 10,000, as in the paper.</param>
    /// <param name="validation">Real samples that choose the bandwidth, at least 2. Default 1,000, as in the paper's code.</param>
    /// <param name="test">Real samples whose log density is averaged, at least 2. Default 10,000, as many as MNIST has.</param>
    /// <param name="bandwidths">The grid of σ, as of <see cref="ParzenWindow.Measure"/>. Null (the default) for one that follows the validation samples.</param>
    /// <exception cref="ArgumentException">A count is too low, or the bandwidths don't ascend or aren't above 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/>, <paramref name="validation"/> or <paramref name="test"/> are too few.</exception>
    public ParzenWindowMetric(long samples = 10_000, long validation = 1_000, long test = 10_000, IReadOnlyList<double>? bandwidths = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, FewestSamples);
        ArgumentOutOfRangeException.ThrowIfLessThan(validation, FewestOfSplit);
        ArgumentOutOfRangeException.ThrowIfLessThan(test, FewestOfSplit);
        ParzenWindow.ThrowIfNoGrid(bandwidths);
        (this.samples, this.validation, this.test, this.bandwidths) = (samples, validation, test, bandwidths);
    }

    /// <summary>"Parzen log-likelihood".</summary>
    public string Name => "Parzen log-likelihood";

    /// <inheritdoc/>
    public MetricGoal Goal => MetricGoal.Higher;

    /// <summary>"samples", "validation", "test", and "bandwidths", the grid or "of the validation samples".</summary>
    public IReadOnlyDictionary<string, string> Settings => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["samples"] = samples.ToString(CultureInfo.InvariantCulture),
        ["validation"] = validation.ToString(CultureInfo.InvariantCulture),
        ["test"] = test.ToString(CultureInfo.InvariantCulture),
        ["bandwidths"] = bandwidths is null ? "of the validation samples" : string.Join(", ", bandwidths.Select(bandwidth => bandwidth.ToString(CultureInfo.InvariantCulture))),
    };

    /// <summary>Measures the generator of the context.</summary>
    /// <inheritdoc cref="IMetric.Measure"/>
    public MetricValue Measure(MetricContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var share = Math.Min(1, (context.RealCount ?? double.PositiveInfinity) / (samples + validation + test));
        long Part(long count) => (long)(share * count);
        var count = Math.Min(Part(samples), context.GeneratedCount ?? long.MaxValue);
        var (choosing, judging) = (Part(validation), Part(test));
        if (count < FewestSamples || choosing < FewestOfSplit || judging < FewestOfSplit)
            throw new InvalidOperationException($"{nameof(ParzenWindowMetric)} needs at least {FewestSamples} generated samples, as many real ones, {FewestOfSplit} for validation and {FewestOfSplit} for the test, but the counts would be {count}, {count}, {choosing} and {judging}.");
        using var scope = NewDisposeScope();
        var real = CollectedSamples.Of(context.Real(choosing + judging + count), "real").Samples;
        var (first, second, third) = (real.narrow(0, 0, choosing), real.narrow(0, choosing, judging), real.narrow(0, choosing + judging, count));
        Estimate Of(Tensor window) => ParzenWindow.Measure(window, first, second, bandwidths, context.CancellationToken).LogLikelihood;
        var value = Of(CollectedSamples.Of(context.Generated(count), "generated").Samples);
        return new MetricValue(value.Value, value, Of(third));
    }
}
