using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Evaluations;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.TwoSample;
using GanSharp.Networks;
using GanSharp.Reporting;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Evaluations;

public sealed class EvaluationTests
{
    [Fact]
    public void A_generator_is_measured_as_the_metric_alone_measures_it()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean: 1, standardDeviation: 1);
        var seen = new List<EvaluationProgress>();

        var report = Evaluation.Compare(data, generator, new() { Metrics = [new FrechetDistanceMetric(samples: 512)], Seed = 3 }, new Listening(seen));

        var record = report.Records.Should().ContainSingle().Subject;
        record.Value.Should().Be(new FrechetDistanceMetric(samples: 512).Measure(new MetricContext(generator, data, seed: 3)).Value);
        record.Settings.Should().Contain("features", "pixels").And.Contain("samples", "512");
        (record.DataSha256, record.Seed, record.RealCount, record.GeneratedName).Should().Be((DatasetFingerprint.Compute(data), 3L, (long?)null, "AffineGenerator"));
        seen.Select(step => (step.Done, step.Count)).Should().Equal((0, 1), (1, 1));
        report.ToTable().Should().MatchRegex(@"^metric +generated +real against real +better\r?\nFréchet distance \(pixels\)  \d\.\d{4} ± 0\.\d{4}  .*  lower\r?\n$");
    }

    [Fact]
    public void Two_data_sets_are_compared_with_as_many_samples_of_each()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var real = new InMemoryDataset(randn([400, 3], generator: random));
        using var alike = new InMemoryDataset(randn([256, 3], generator: random));
        using var shifted = new InMemoryDataset(randn([256, 3], generator: random) + 1);
        using var other = new InMemoryDataset(randn(10, 2));

        var (near, far) = (Evaluation.Compare(real, alike).Records[0], Evaluation.Compare(real, shifted).Records[0]);

        near.Metric.Should().Be("Fréchet distance (pixels)");
        near.Interval!.Value.SampleCount.Should().Be(200, "the other real ones are for the value of real samples");
        near.Value.Should().BeLessThan(0.2);
        far.Interval!.Value.Lower.Should().BeGreaterThan(1.5);
        near.IsBetterThan(far).Should().BeTrue();
        FluentActions.Invoking(() => Evaluation.Compare(real, other)).Should().Throw<ArgumentException>().WithMessage("generated must hold samples of shape [3]*");
        FluentActions.Invoking(() => Evaluation.Compare(real, alike, new() { Samples = 1 })).Should().Throw<ArgumentException>().WithMessage("EvaluationOptions.Samples must be at least 64 but is 1.");
    }

    [Fact]
    public void Two_folders_are_compared_with_random_convolutions()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        foreach (var name in new[] { "real", "fake" })
            for (var image = 0; image < 64; image++)
                ImageGrid.Save(rand(1, 3, 16, 16) * (name == "real" ? 2 : 1) - 1, folder.File(name, $"{image}.png"));

        var report = Evaluation.Compare(Path.Combine(folder.FullName, "real"), Path.Combine(folder.FullName, "fake"), new ImageShape(3, 16, 16));

        report.Failures.Should().BeEmpty();
        report.Records.Select(record => record.Metric).Should().Equal(
            "Fréchet distance (random convolutions)", "kernel distance (random convolutions)", "precision (random convolutions)", "recall (random convolutions)",
            "density (random convolutions)", "coverage (random convolutions)", "Laplacian variance", "high-frequency share", "MS-SSIM of pairs");
        report.Records[0].Interval!.Value.Lower.Should().BeGreaterThan(report.Records[0].OfReal!.Value.Value);
        report.Records.Should().OnlyContain(record => record.GeneratedCount == 64);
        report.Records[0].Settings.Should().ContainKey("weights");
    }

    [Fact]
    public void A_metric_that_fails_stops_no_other()
    {
        using var data = new InMemoryDataset(randn(200, 1));
        using var fake = new InMemoryDataset(randn(100, 1));

        var report = Evaluation.Compare(data, fake, new() { Metrics = [new Failing(), new EnergyDistanceMetric()] });

        report.Failures.Should().Equal("failing: it can't");
        report.Records.Should().ContainSingle();
        report.ToTable().Should().Contain("not measured: failing: it can't");
    }

    [Fact]
    public void The_default_features_fit_the_data()
    {
        Evaluation.DefaultFeatures([2]).Should().BeOfType<PixelFeatures>();
        using var garments = Evaluation.DefaultFeatures([1, 28, 28]).Should().BeOfType<GarmentClassifier>().Subject;
        using var colors = Evaluation.DefaultFeatures([3, 64, 64]).Should().BeOfType<RandomConvolutionFeatures>().Subject;
    }

    private sealed class Failing : IMetric
    {
        public string Name => "failing";

        public MetricGoal Goal => MetricGoal.Lower;

        public MetricValue Measure(MetricContext context) => throw new InvalidOperationException("it can't");
    }

    private sealed class Listening(List<EvaluationProgress> seen) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => seen.Add(value);
    }
}
