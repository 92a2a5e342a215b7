using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.TwoSample;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Fidelity;

/// <summary>How often each metric's interval holds what it says it holds: closed forms where there are some.</summary>
public sealed class IntervalTests
{
    private const int Repeats = 200;

    // 95% less four standard errors of 200 repeats.
    private const int FewestHits = 178;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1.5, 0.5)]
    public void The_distance_at_infinity_is_that_of_the_distributions(double scale, double shift)
    {
        // Of N(0, I) and N(shift, scale² I).
        const int Size = 4;
        var truth = Size * (shift * shift + (scale - 1) * (scale - 1));

        var estimates = Measured(FrechetDistanceInfinity.Measure, Size, 400, scale, shift);

        Hits(estimates, truth).Should().BeGreaterThanOrEqualTo(FewestHits);
        // The bias of 400 samples is 0.02 and more.
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(truth, Math.Max(0.005, 0.025 * truth));
    }

    [Theory]
    [InlineData("Fréchet")]
    [InlineData("kernel")]
    [InlineData("sliced")]
    public void Of_one_distribution_an_interval_is_wide_enough(string metric)
    {
        Func<Tensor, Tensor, Estimate> measure = metric switch
        {
            "Fréchet" => FrechetDistance.Measure,
            "kernel" => KernelDistance.Measure,
            _ => (real, fake) => SlicedWasserstein.Distance(real, fake, directions: 16),
        };

        var estimates = Measured(measure, size: 4, count: 300, scale: 1, shift: 0);

        Hits(estimates, metric == "kernel" ? 0 : estimates.Average(estimate => estimate.Value)).Should().BeGreaterThanOrEqualTo(FewestHits);
    }

    [Fact]
    public void The_sliced_distance_of_shifted_Gaussians_is_that_of_the_shift()
    {
        // ‖μ‖² / d of N(0, I) and N(μ, I).
        const double Shift = 1.5;

        var estimates = Measured((real, fake) => SlicedWasserstein.Distance(real, fake, directions: 64, seed: 1), size: 2, count: 1_000, scale: 1, Shift);

        // Of 64 directions the mean of cos² is ½ give or take 0.04; what it is makes the interval's truth.
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(Shift * Shift, 0.1 * Shift * Shift);
        Hits(estimates, estimates.Average(estimate => estimate.Value)).Should().BeInRange(FewestHits, Repeats - 1);
    }

    [Fact]
    public void A_sure_classifier_scores_the_entropy_of_the_classes()
    {
        double[] shares = [0.6, 0.3, 0.1];
        var truth = Math.Exp(-shares.Sum(share => share * Math.Log(share)));

        var estimates = Enumerable.Range(0, Repeats).Select(repeat =>
        {
            using var scope = NewDisposeScope();
            using var random = SeededRandom.Create(repeat, "classes");
            var labels = tensor(shares).multinomial(4_000, replacement: true, generator: random);
            return ClassifierScore.Measure(nn.functional.one_hot(labels, 3).to(ScalarType.Float64));
        }).ToArray();

        // A split of 400 biases the score by a 400th of itself.
        Hits(estimates, truth * (1 - 1.0 / 400)).Should().BeInRange(FewestHits, Repeats - 1);
    }

    [Fact]
    public void The_data_itself_has_the_density_and_the_coverage_of_the_closed_form()
    {
        // Naeem et al. 2020, section 3.3: of N samples on either side, 1 − (N − 1) … (N − k) / ((2N − 1) … (2N − k)).
        const int Count = 400, Neighbors = 5;
        var coverage = 1 - Enumerable.Range(1, Neighbors).Aggregate(1.0, (product, k) => product * (Count - k) / (2 * Count - k));

        var measured = Measured((real, fake) => DensityCoverage.Measure(real, fake, Neighbors), size: 3, Count, 1, 0);

        measured.Average(one => one.Density.Value).Should().BeApproximately(1, 0.02);
        measured.Average(one => one.Coverage.Value).Should().BeApproximately(coverage, 0.002);
        Hits([.. measured.Select(one => one.Coverage)], coverage).Should().BeGreaterThanOrEqualTo(FewestHits);
        Hits([.. measured.Select(one => one.Density)], 1).Should().BeGreaterThanOrEqualTo(FewestHits);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void Precision_and_recall_lie_where_other_samples_would_put_them(double scale, double shift)
    {
        var measured = Measured((real, fake) => PrecisionRecall.Measure(real, fake), size: 3, count: 400, scale, shift);

        foreach (var estimates in new[] { measured.Select(one => one.Precision).ToArray(), [.. measured.Select(one => one.Recall)] })
            Hits(estimates, estimates.Average(estimate => estimate.Value)).Should().BeGreaterThanOrEqualTo(FewestHits);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1.3, 0.3)]
    public void Scores_of_distributions_lie_where_other_samples_would_put_them_but_for_the_clusters(double scale, double shift)
    {
        var distributions = Measured((real, fake) => PrecisionRecallDistribution.Measure(real, fake, clusters: 8, runs: 2), size: 3, count: 400, scale, shift, repeats: 60);

        // The intervals are given the clusters, which other samples move, too: 80% and not 95% where that matters most.
        foreach (var estimates in new[] { distributions.Select(one => one.F8).ToArray(), [.. distributions.Select(one => one.FOneEighth)] })
            Hits(estimates, estimates.Average(estimate => estimate.Value)).Should().BeGreaterThanOrEqualTo(42);
    }

    private static int Hits(Estimate[] estimates, double truth) => estimates.Count(estimate => estimate.Lower <= truth && truth <= estimate.Upper);

    private static T[] Measured<T>(Func<Tensor, Tensor, T> measure, int size, int count, double scale, double shift, int repeats = Repeats) => [.. Enumerable.Range(0, repeats).Select(repeat =>
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(repeat, "Gaussians");
        Tensor Normal() => randn([count, size], ScalarType.Float64, generator: random);
        return measure(Normal(), Normal() * scale + shift);
    })];
}
