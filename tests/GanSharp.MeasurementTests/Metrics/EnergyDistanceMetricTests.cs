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
    /// <summary>Classes around a circle, each normal.</summary>
    private sealed class CirclePoints : GeneratorNetwork
    {
        public CirclePoints()
            : base(nameof(CirclePoints), LatentPrior.Normal(2)) => RegisterComponents();

        public override int? Classes => 10;

        public static Tensor Of(Tensor labels, Tensor noise)
        {
            var angle = labels.to(ScalarType.Float32) * (2 * Math.PI / 10);
            return stack([angle.cos(), angle.sin()], 1) * 2 + 0.1 * noise;
        }

        public override Tensor forward(Tensor latents, Tensor? labels) => Of(labels!, latents);
    }

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
    public void A_perfect_conditional_generator_is_not_flattered()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var labels = randint(0, 10, [4_000], ScalarType.Int64, generator: random);
        using var data = new InMemoryDataset(CirclePoints.Of(labels, randn([4_000, 2], generator: random)), labels).Split(0.5);
        using var generator = new CirclePoints();

        var estimates = Enumerable.Range(0, 12).Select(seed => new EnergyDistanceMetric(samples: 2_000).Measure(new MetricContext(generator, data, seed)).Interval!.Value).ToArray();

        // Asked for the labels of the samples that it is compared with, it got -0.08 with an interval of 0.006.
        estimates.Average(estimate => estimate.Value).Should().BeApproximately(0, 0.02);
        estimates.Count(estimate => estimate.Lower <= 0 && 0 <= estimate.Upper).Should().BeGreaterThanOrEqualTo(9);
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
