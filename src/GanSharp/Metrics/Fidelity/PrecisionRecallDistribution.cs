using System.Globalization;
using GanSharp.Estimates;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// Precision and recall of distributions (PRD, Sajjadi et al. 2018): the pairs of precision α(λ) = Σ min(λ p, q) and recall α(λ) / λ, with p and q the shares of real and of generated
/// samples in clusters of both together. Unlike <see cref="PrecisionRecall"/> it weighs how often each kind is made, not only whether.
/// </summary>
/// <param name="F8">The largest F₈ on the curve, which weighs recall 8 times as much as precision: falls with dropped modes.</param>
/// <param name="FOneEighth">The largest F of β = ⅛, which weighs precision 8 times as much: falls with bad samples.</param>
/// <param name="Precision">Precision at 1,001 angles, from only recall to only precision: the curve to draw over <paramref name="Recall"/>.</param>
/// <param name="Recall">Recall at the same angles.</param>
public sealed record PrecisionRecallDistribution(Estimate F8, Estimate FOneEighth, IReadOnlyList<double> Precision, IReadOnlyList<double> Recall)
{
    /// <summary>Clusters of the paper.</summary>
    public const int DefaultClusters = 20;

    /// <summary>Clusterings of the paper, whose curves are averaged.</summary>
    public const int DefaultRuns = 10;

    private const double Beta = 8;
    private const int Angles = 1_001, Resamples = 200;
    private const double SmallestAngle = 1e-10;

    /// <summary>Clusters the features of both sides together, several times, and averages the curves.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d].</param>
    /// <param name="fake">Features of generated samples, shape [M, d]; as many as real ones, or the clusters are those of the larger side.</param>
    /// <param name="clusters">At least 2 and at most N + M. Default 20, as in the paper.</param>
    /// <param name="runs">Clusterings, at least 1. Default 10, as in the paper: each from other random centers.</param>
    /// <param name="seed">Determines the centers. Default 0.</param>
    /// <returns>
    /// The 95% intervals are normal, with the standard deviation of 200 bootstrap samples of both sides, given the clusters: the scores have kinks where both sides are equal,
    /// at which the delta method fails. They hold the value that samples of these counts get on average, which is biased down.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few, or hold NaN or infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> is below 2, or <paramref name="runs"/> below 1.</exception>
    public static PrecisionRecallDistribution Measure(Tensor real, Tensor fake, int clusters = DefaultClusters, int runs = DefaultRuns, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: 2);
        if (real.shape[0] + fake.shape[0] < clusters)
            throw new ArgumentException($"clusters must be at most as many as both sides' samples, {real.shape[0] + fake.shape[0]}, but is {clusters}.", nameof(clusters));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = SeededRandom.Create(seed, "clusters");
        var (x, y) = FeatureCheck.Centered(real, fake);
        var points = cat([x, y]);
        var labels = Enumerable.Range(0, runs).Select(_ => KMeans.Labels(points, clusters, random)).ToArray();
        return OfClusters(stack([.. labels.Select(run => run.narrow(0, 0, x.shape[0]))]), stack([.. labels.Select(run => run.narrow(0, x.shape[0], y.shape[0]))]), clusters);
    }

    /// <summary>"F8 0.9120 ± 0.0110, F1/8 0.9532 ± 0.0090".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"F8 {F8}, F1/8 {FOneEighth}");

    /// <summary>The curve of given clusterings.</summary>
    /// <param name="real">The cluster of each real sample, int64 of shape [runs, N].</param>
    /// <param name="fake">The cluster of each generated sample, shape [runs, M].</param>
    /// <param name="clusters">How many there are.</param>
    /// <param name="seed">Determines the bootstrap samples.</param>
    internal static PrecisionRecallDistribution OfClusters(Tensor real, Tensor fake, int clusters, long seed = 0)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "bootstrap of clusters");
        var slopes = linspace(SmallestAngle, Math.PI / 2 - SmallestAngle, Angles, ScalarType.Float64).tan();
        var precision = Curve(Shares(real, clusters), Shares(fake, clusters), slopes);
        var resampled = new (double F8, double FOneEighth)[Resamples];
        foreach (ref var scores in resampled.AsSpan())
        {
            using var one = NewDisposeScope();
            var curve = Curve(Shares(real, clusters, Weights(real.shape[1], random)), Shares(fake, clusters, Weights(fake.shape[1], random)), slopes);
            scores = (Best(curve, slopes, Beta), Best(curve, slopes, 1 / Beta));
        }
        Estimate Score(double beta, IEnumerable<double> others)
        {
            var (value, half) = (Best(precision, slopes, beta), Estimate.NormalQuantile * tensor(others.ToArray()).std().item<double>());
            return new Estimate(value, Math.Max(0, value - half), Math.Min(1, value + half), Math.Min(real.shape[1], fake.shape[1]));
        }
        double[] Numbers(Tensor values) => values.clamp(0, 1).data<double>().ToArray();
        return new PrecisionRecallDistribution(
            Score(Beta, resampled.Select(one => one.F8)), Score(1 / Beta, resampled.Select(one => one.FOneEighth)), Numbers(precision), Numbers(precision / slopes));
    }

    /// <summary>α(λ) of shares of shape [runs, clusters], averaged over the runs, at each slope λ.</summary>
    private static Tensor Curve(Tensor realShares, Tensor fakeShares, Tensor slopes) =>
        minimum(realShares.unsqueeze(0) * slopes.view(-1, 1, 1), fakeShares.unsqueeze(0)).sum([2]).mean([1]);

    /// <summary>The largest F = (1 + β²) α ρ / (β² α + ρ) with ρ = α / λ.</summary>
    private static double Best(Tensor precision, Tensor slopes, double beta) => (precision * (1 + beta * beta) / (beta * beta * slopes + 1)).max().item<double>();

    /// <summary>How often each of the samples is drawn in as many draws with replacement.</summary>
    private static Tensor Weights(long count, Generator random) => randint(count, [count], generator: random).bincount(null, minlength: (int)count).to(ScalarType.Float64);

    private static Tensor Shares(Tensor labels, int clusters, Tensor? weights = null) =>
        zeros([labels.shape[0], clusters], ScalarType.Float64).scatter_add_(1, labels, weights is null ? ones_like(labels, ScalarType.Float64) : weights.expand(labels.shape)) / labels.shape[1];
}
