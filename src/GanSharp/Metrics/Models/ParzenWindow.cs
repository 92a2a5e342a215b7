using GanSharp.Estimates;
using GanSharp.Metrics.Fidelity;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// A kernel density: p(x) = 1/N Σ N(x; xᵢ, σ² I), a Gaussian around each generated sample (Parzen 1962). The mean log-likelihood of held-out samples under it is the number by which
/// Goodfellow et al. (2014, table 1) compared the first GANs.
/// </summary>
/// <remarks>
/// Don't choose a model by it: it is known to mislead. It is biased down, by tens of nats and more in the dimensions of an image, however many samples there are; k-means centers can get a higher
/// value than the data's own samples; and its order of models isn't that of their likelihoods (Theis et al. 2016, section 3.2). It is here to reproduce and to compare with published values.
/// For images in [−1, 1], add d ln 2 nats to compare with values of images in [0, 1].
/// </remarks>
public sealed class ParzenWindow : IDisposable
{
    // Goodfellow et al. search ten values from 0.1 to 1 on pixels in [0, 1]: nine steps for a decade.
    private const int GridStepsPerDecade = 9, GridDecades = 4;
    private const double GridStart = 1e-3;
    private const int FewestCenters = 2 * GroupJackknife.Groups;
    private readonly KernelSums sums;
    private readonly long dimension;

    /// <summary>The density around given samples.</summary>
    /// <param name="samples">Float tensor of shape [N, …], N ≥ 20, finite; each sample is flattened. It is copied.</param>
    /// <param name="bandwidth">σ, finite and above 0, in the samples' unit.</param>
    /// <exception cref="ArgumentException">An argument is something else.</exception>
    public ParzenWindow(Tensor samples, double bandwidth)
    {
        ThrowIfNoBandwidth(bandwidth, nameof(bandwidth));
        using var scope = NewDisposeScope();
        var flat = Flat(samples, nameof(samples), FewestCenters);
        (sums, dimension, Bandwidth) = (new KernelSums(flat), flat.shape[1], bandwidth);
    }

    /// <summary>σ.</summary>
    public double Bandwidth { get; }

    /// <summary>ln p(x) in nats.</summary>
    /// <param name="points">Float tensor of shape [M, …], M ≥ 1, finite, of samples like those of the density.</param>
    /// <returns>Float64 tensor of shape [M] on the CPU.</returns>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public Tensor LogDensity(Tensor points)
    {
        using var scope = NewDisposeScope();
        var flat = Flat(points, nameof(points), fewest: 1);
        ThrowIfUnlike(flat, nameof(points), dimension);
        return (sums.Of(flat, [Bandwidth], CancellationToken.None)[0].logsumexp(1) - LogNormalizer(sums.Count, dimension, Bandwidth)).MoveToOuterDisposeScope();
    }

    /// <summary>The protocol of Goodfellow et al. (2014): the bandwidth that is best on validation samples, and the mean log density of test samples with it.</summary>
    /// <param name="generated">Generated samples, float tensor of shape [N, …], N ≥ 20; each is flattened. The paper has 10,000, and a value is comparable only with those of as many.</param>
    /// <param name="validation">Real samples that choose the bandwidth, of the same shape, at least 2 and not all equal. The paper's code takes 1,000.</param>
    /// <param name="test">Other real samples, of the same shape, at least 2.</param>
    /// <param name="bandwidths">
    /// The grid of σ, ascending; a single one is taken as given. Null (the default) for 37 values from 0.001 to 10 times the validation samples' standard deviation, each 1.29 times the one
    /// before, which is as fine as the paper's grid.
    /// </param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The log-likelihood with its interval, and the bandwidth.</returns>
    /// <exception cref="ArgumentException">The samples or the bandwidths are something else.</exception>
    /// <exception cref="DiagnosticRefusedException">The best bandwidth is an end of the grid, so a better one lies outside.</exception>
    public static ParzenEstimate Measure(Tensor generated, Tensor validation, Tensor test, IReadOnlyList<double>? bandwidths = null, CancellationToken cancellationToken = default)
    {
        ThrowIfNoGrid(bandwidths);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (centers, choosing, judging) = (Flat(generated, nameof(generated), FewestCenters), Flat(validation, nameof(validation), 2), Flat(test, nameof(test), 2));
        var dimension = centers.shape[1];
        ThrowIfUnlike(choosing, nameof(validation), dimension);
        ThrowIfUnlike(judging, nameof(test), dimension);
        using var sums = new KernelSums(centers);
        var (bandwidth, best) = Best(sums, choosing, bandwidths ?? Grid(choosing), cancellationToken);

        var groups = sums.Of(judging, [bandwidth], cancellationToken)[0];
        var logDensities = groups.logsumexp(1) - LogNormalizer(sums.Count, dimension, bandwidth);
        double MeanWithout(int group)
        {
            var others = groups.index_select(1, tensor([.. Enumerable.Range(0, GroupJackknife.Groups).Where(other => other != group).Select(other => (long)other)]));
            return others.logsumexp(1).mean().item<double>() - LogNormalizer(sums.Count - sums.GroupSizes[group], dimension, bandwidth);
        }
        var (mean, count) = (logDensities.mean().item<double>(), judging.shape[0]);
        var variance = logDensities.var().item<double>() / count;
        var half = (new VarianceEstimate(variance, double.PositiveInfinity) + GroupJackknife.Variance([.. Enumerable.Range(0, GroupJackknife.Groups).Select(MeanWithout)])).HalfWidth;
        return new ParzenEstimate(new Estimate(mean, mean - half, mean + half, count), Math.Sqrt(variance), bandwidth, best);
    }

    /// <summary>Releases the samples.</summary>
    public void Dispose() => sums.Dispose();

    internal static void ThrowIfNoGrid(IReadOnlyList<double>? bandwidths)
    {
        if (bandwidths is null)
            return;
        if (bandwidths.Count == 0)
            throw new ArgumentException("bandwidths must hold at least one value but is empty.", nameof(bandwidths));
        foreach (var (index, bandwidth) in bandwidths.Index())
        {
            ThrowIfNoBandwidth(bandwidth, nameof(bandwidths));
            if (index > 0 && bandwidth <= bandwidths[index - 1])
                throw new ArgumentException(FormattableString.Invariant($"bandwidths must ascend but {bandwidth} follows {bandwidths[index - 1]}."), nameof(bandwidths));
        }
    }

    private static (double Bandwidth, double LogLikelihood) Best(KernelSums sums, Tensor validation, IReadOnlyList<double> bandwidths, CancellationToken cancellationToken)
    {
        var means = sums.Of(validation, bandwidths, cancellationToken).logsumexp(2).mean([1]).data<double>().ToArray();
        var likelihoods = means.Zip(bandwidths, (mean, bandwidth) => mean - LogNormalizer(sums.Count, validation.shape[1], bandwidth)).ToArray();
        var best = Array.IndexOf(likelihoods, likelihoods.Max());
        if (bandwidths.Count > 1 && (best == 0 || best == bandwidths.Count - 1))
            throw new DiagnosticRefusedException(FormattableString.Invariant($"The best bandwidth on the validation samples is the {(best == 0 ? "least" : "largest")} of the grid, {bandwidths[best]:g3}, so a better one lies outside. Pass bandwidths that reach further{(best == 0 ? "; if it stays at the least, the validation samples are among the generated ones" : "")}."));
        return (bandwidths[best], likelihoods[best]);
    }

    private static double[] Grid(Tensor validation)
    {
        var deviation = Math.Sqrt(validation.to(ScalarType.Float64).var(0, unbiased: true).mean().item<double>());
        if (!(deviation > 0))
            throw new ArgumentException("validation must hold samples that differ, but all are equal, so no bandwidth fits. Pass bandwidths.", nameof(validation));
        return [.. Enumerable.Range(0, GridDecades * GridStepsPerDecade + 1).Select(step => deviation * GridStart * Math.Pow(10, (double)step / GridStepsPerDecade))];
    }

    /// <summary>ln (N (2π σ²)^(d/2)), which is to be taken from the logarithm of the kernels' sum.</summary>
    private static double LogNormalizer(long count, long dimension, double bandwidth) => Math.Log(count) + dimension * (Math.Log(bandwidth) + 0.5 * Math.Log(2 * Math.PI));

    private static Tensor Flat(Tensor samples, string name, long fewest)
    {
        ArgumentNullException.ThrowIfNull(samples, name);
        var flat = samples.dim() > 2 ? samples.flatten(1) : samples;
        FeatureCheck.ThrowIfUnusable(flat, name, fewest);
        return flat;
    }

    private static void ThrowIfUnlike(Tensor samples, string name, long dimension)
    {
        if (samples.shape[1] != dimension)
            throw new ArgumentException($"{name} must hold samples of {dimension} values, as the density's, but has shape {Shape.Format(samples.shape)}.", name);
    }

    private static void ThrowIfNoBandwidth(double bandwidth, string name)
    {
        if (!(bandwidth > 0 && double.IsFinite(bandwidth)))
            throw new ArgumentOutOfRangeException(name, bandwidth, $"{name} must be finite and above 0.");
    }
}
