using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.TwoSample;
using GanSharp.Networks;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

public sealed class EnergyDistanceMetricTests
{
    // Of N(0, 1) and N(1, 1): 2 E|x − y| − E|x − x′| − E|y − y′| with x − y ~ N(1, 2) and x − x′ ~ N(0, 2).
    private const double OneApart = 0.539567;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, OneApart)]
    public void The_interval_holds_the_distance_as_often_as_it_says(double mean, double distance)
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean, standardDeviation: 1);
        const int Runs = 120;

        var estimates = Enumerable.Range(0, Runs).Select(seed => new EnergyDistanceMetric(samples: 512).Measure(new MetricContext(generator, data, seed)).Interval!.Value).ToArray();

        // 95% of 120 with three standard errors.
        estimates.Count(estimate => estimate.Lower <= distance && distance <= estimate.Upper).Should().BeGreaterThanOrEqualTo(106);
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(distance, 0.015, "the statistic has no bias");
        estimates.Should().OnlyContain(estimate => estimate.SampleCount == 512);
    }

    [Fact]
    public void It_compares_what_the_extractor_makes_and_says_so()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean: 1, standardDeviation: 1);
        var metric = new EnergyDistanceMetric(new Tenfold(), samples: 2_048);

        (metric.Name, metric.Goal).Should().Be(("energy distance (tenfold)", MetricGoal.Lower));
        metric.Measure(new MetricContext(generator, data)).Value.Should().BeApproximately(10 * OneApart, 0.8);
        new EnergyDistanceMetric().Name.Should().Be("energy distance (pixels)");
    }

    [Fact]
    public void Fewer_held_out_samples_are_all_used_and_too_few_refused()
    {
        using var generator = new AffineGenerator(mean: 1, standardDeviation: 1);
        using var some = new InMemoryDataset(randn(400, 1)).Split(0.25);
        using var few = new InMemoryDataset(randn(100, 1)).Split(0.5);

        new EnergyDistanceMetric().Measure(new MetricContext(generator, some)).Interval!.Value.SampleCount.Should().Be(96);
        new EnergyDistanceMetric().Invoking(it => it.Measure(new MetricContext(generator, few))).Should().Throw<InvalidOperationException>()
            .WithMessage("EnergyDistanceMetric needs at least 64 real and generated samples but there are 50.");
        FluentActions.Invoking(() => new EnergyDistanceMetric(samples: 63)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples");
    }

    private sealed class Tenfold : IFeatureExtractor
    {
        public string Name => "tenfold";

        public Tensor Extract(Tensor samples) => samples.flatten(1) * 10;
    }
}
