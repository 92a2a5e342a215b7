using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Metrics.Fidelity;
using GanSharp.Networks;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Fidelity;

/// <summary>Metrics of features: closed forms, intervals, what they find, and what they refuse.</summary>
public sealed class FidelityTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void The_distance_of_Gaussians_is_its_closed_form()
    {
        // Orthogonal columns of ±s have these moments exactly: mean m, covariance diag(s²) N / (N − 1).
        var signs = tensor(new double[] { 1, 1, 1, -1, -1, 1, -1, -1 }, [4, 2]).repeat(250, 1);
        var real = signs * tensor(new[] { 1.0, 2.0 });
        var fake = signs * tensor(new[] { 3.0, 0.5 }) + tensor(new[] { 1.0, -1.0 });
        const double Unbiased = 1000.0 / 999;

        FrechetDistance.Measure(real, fake).Value.Should().BeApproximately(2 + Unbiased * (4 + 2.25), 1e-9);
        FrechetDistance.Measure(real, real).Value.Should().BeApproximately(0, 1e-9);
    }

    [Fact]
    public void Moments_of_batches_are_those_of_the_whole()
    {
        var features = Normal("whole", 1_000, 8, 1, 1e6);
        using var whole = new FeatureMoments();
        using var batches = new FeatureMoments();
        whole.Add(features);
        foreach (var batch in features.split(77))
            batches.Add(batch);

        batches.Count.Should().Be(1_000);
        batches.Covariance.allclose(whole.Covariance, 1e-9).Should().BeTrue("an offset of a million takes six digits of a naive sum of squares");
        batches.Mean.allclose(whole.Mean, 1e-14).Should().BeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_interval_holds_what_samples_of_these_counts_give_on_average(int kernel)
    {
        Func<Tensor, Tensor, Estimate> measure = kernel == 1 ? KernelDistance.Measure : FrechetDistance.Measure;
        var estimates = Enumerable.Range(0, 400).Select(repeat =>
        {
            using var one = NewDisposeScope();
            return measure(Normal($"real {repeat}", 200, 4, 1, 0), Normal($"fake {repeat}", 300, 4, 1.5, 0.5));
        }).ToArray();
        var mean = estimates.Average(estimate => estimate.Value);

        // Three standard errors of 400 repeats are 3.3%.
        estimates.Count(estimate => estimate.Lower <= mean && mean <= estimate.Upper).Should().BeInRange(367, 393);
    }

    [Fact]
    public void Samples_of_one_distribution_are_close_and_of_others_farther_the_more_they_are_spoiled()
    {
        var (real, other) = (Normal("a", 800, 6, 1, 0), Normal("b", 800, 6, 1, 0));
        double[] noise = [0, 0.3, 0.6, 1.2];
        Tensor Spoiled(double amount) => other + amount * Normal("noise", 800, 6, 1, 0);

        noise.Select(amount => FrechetDistance.Measure(real, Spoiled(amount)).Value).Should().BeInAscendingOrder();
        noise.Select(amount => KernelDistance.Measure(real, Spoiled(amount)).Value).Should().BeInAscendingOrder();
        noise.Select(amount => PrecisionRecall.Measure(real, Spoiled(amount)).Precision.Value).Should().BeInDescendingOrder();
        noise.Select(amount => DensityCoverage.Measure(real, Spoiled(amount)).Density.Value).Should().BeInDescendingOrder();
        var ofEqual = KernelDistance.Measure(real, other);
        (ofEqual.Lower < 0 && ofEqual.Upper > 0).Should().BeTrue("the kernel distance of one distribution from itself is 0");
    }

    [Fact]
    public void Bad_samples_lower_precision_and_dropped_modes_lower_recall()
    {
        // Two modes; the generator drops one, or adds one that the data doesn't have.
        Tensor Mode(string name, double at, int count) => Normal(name, count, 4, 0.3, at);
        var real = cat([Mode("left", -3, 500), Mode("right", 3, 500)]);
        var whole = cat([Mode("left 2", -3, 500), Mode("right 2", 3, 500)]);
        var dropped = Mode("left 3", -3, 1_000);
        var added = cat([whole.narrow(0, 0, 250), whole.narrow(0, 500, 250), Mode("bad", 20, 500)]);

        var (good, narrow, bad) = (PrecisionRecall.Measure(real, whole), PrecisionRecall.Measure(real, dropped), PrecisionRecall.Measure(real, added));
        var (goodBalls, narrowBalls, badBalls) = (DensityCoverage.Measure(real, whole), DensityCoverage.Measure(real, dropped), DensityCoverage.Measure(real, added));

        narrow.Recall.Value.Should().BeApproximately(good.Recall.Value / 2, 0.05);
        narrow.Precision.Value.Should().BeApproximately(good.Precision.Value, 0.05);
        bad.Precision.Value.Should().BeApproximately(good.Precision.Value / 2, 0.05);
        bad.Recall.Value.Should().BeGreaterThan(0.8 * good.Recall.Value);
        narrowBalls.Coverage.Value.Should().BeApproximately(goodBalls.Coverage.Value / 2, 0.05);
        goodBalls.Coverage.Value.Should().BeApproximately(1 - Math.Pow(2, -5), 0.02);
        goodBalls.Density.Value.Should().BeApproximately(1, 0.05);
        badBalls.Density.Value.Should().BeApproximately(0.5, 0.05);
    }

    [Fact]
    public void Duplicates_lie_in_closed_balls_and_not_in_open_ones()
    {
        var point = zeros([10, 3], ScalarType.Float64);

        PrecisionRecall.Measure(point, point).Precision.Value.Should().Be(1);
        DensityCoverage.Measure(point, point).Density.Value.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void A_run_can_measure_it_and_real_samples_stand_beside(FeatureMetric metric, string name)
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);

        MetricValue Measure() => metric.Measure(new MetricContext(generator, data, seed: 3));
        var value = Measure();

        metric.Name.Should().Be(name);
        Measure().Should().Be(value);
        value.OfReal.Should().NotBeNull();
        value.OfReal!.Value.SampleCount.Should().Be(300);
        (metric.Goal == MetricGoal.Lower ? value.Value > 10 * Math.Abs(value.OfReal!.Value.Value) : value.Value < 0.5 * value.OfReal!.Value.Value).Should().BeTrue("an untrained generator is far from the data");
        metric.Settings.Should().Contain("features", "pixels").And.Contain("samples", "300");
        LiveTensors.Grown(() => Measure()).Should().Be(0);
    }

    public static TheoryData<FeatureMetric, string> Metrics => new()
    {
        { new FrechetDistanceMetric(samples: 300), "Fréchet distance (pixels)" },
        { new KernelDistanceMetric(samples: 300), "kernel distance (pixels)" },
        { NeighborMetric.Precision(samples: 300), "precision (pixels)" },
        { NeighborMetric.Recall(samples: 300), "recall (pixels)" },
        { NeighborMetric.Density(samples: 300), "density (pixels)" },
        { NeighborMetric.Coverage(samples: 300), "coverage (pixels)" },
        { new FrechetDistanceInfinityMetric(samples: 300), "Fréchet distance at infinity (pixels)" },
        { new SlicedWassersteinMetric(samples: 300), "sliced Wasserstein distance (pixels)" },
        { PrecisionRecallDistributionMetric.F8(samples: 300), "PRD F8 (pixels)" },
        { PrecisionRecallDistributionMetric.FOneEighth(samples: 300), "PRD F1/8 (pixels)" },
    };

    [Fact]
    public void What_cannot_be_compared_is_refused_by_name()
    {
        var good = Normal("good", 10, 3, 1, 0);
        void Refuses(Action measuring, string message) => measuring.Should().Throw<ArgumentException>().WithMessage(message);

        Refuses(() => FrechetDistance.Measure(good, Normal("wide", 10, 4, 1, 0)), "fake must have as many features as real, 3, but has 4.*");
        Refuses(() => KernelDistance.Measure(zeros(10, ScalarType.Float32), good), "real must be a float tensor of shape [N, d] but is Float32 of shape [10].*");
        Refuses(() => PrecisionRecall.Measure(good, good.narrow(0, 0, 3)), "fake must have at least 4 samples but has 3.*");
        Refuses(() => DensityCoverage.Measure(good, good * double.NaN), "fake must be finite but holds NaN or infinity.*");
        Refuses(() => PrecisionRecall.Measure(good, good, neighbors: 0), "neighbors*0*");
        Refuses(() => FrechetDistanceInfinity.Measure(good, good), "real must have more than 4 times as many samples as features, 4 × 3,*but has 10.*");
        Refuses(() => PrecisionRecallDistribution.Measure(good, good, clusters: 21), "clusters must be at most as many as both sides' samples, 20, but is 21.*");
        Refuses(() => ClassifierScore.Measure(good, splits: 4), "probabilities must be at least 0, with rows that sum to 1*");
        Refuses(() => KernelDistance.MeasureSubsets(good, good), "real must have at least 1000 samples but has 10.*");
        using var moments = new FeatureMoments();
        moments.Add(good);
        Refuses(() => moments.Add(Normal("wide", 10, 4, 1, 0)), "features must have 3 features per sample, as those before, but have 4.*");
        using var one = new FeatureMoments();
        Refuses(() => FrechetDistance.Between(one, moments), "real must hold at least 2 samples but holds 0.*");
    }

    private static Tensor Normal(string name, int count, int size, double scale, double shift)
    {
        using var random = SeededRandom.Create(0, name);
        return randn([count, size], ScalarType.Float64, generator: random) * scale + shift;
    }
}
