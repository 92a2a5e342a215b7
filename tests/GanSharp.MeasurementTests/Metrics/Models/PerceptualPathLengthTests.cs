using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Models;

/// <summary>Path lengths of linear generators in closed form, rounding, and what is refused.</summary>
public sealed class PerceptualPathLengthTests : IDisposable
{
    private static readonly Reference References = Fixture.Read<Reference>("Metrics/Models", "models.json");

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<LatentPrior, double> Priors => new()
    {
        { LatentPrior.Normal(2), Sphere(2) },
        { LatentPrior.Normal(3), Sphere(3) },
        { LatentPrior.Normal(16), Sphere(16) },
        { LatentPrior.Normal(1), 2 },
        { LatentPrior.Hypersphere(5), 5 * SquaredAngle(5) },
        // E (x − y)² of two uniform values on [−1, 1] is 2/3.
        { LatentPrior.Uniform(4), 4 * 2.0 / 3 },
    };

    [Theory]
    [MemberData(nameof(Priors))]
    public void Of_a_linear_generator_it_is_the_closed_form_as_often_as_it_says(LatentPrior prior, double speed)
    {
        using var generator = new Linear(prior, size: 7);
        // The direction of a path is any with equal probability, and G stretches them by ‖W‖² / d on average.
        var truth = generator.SquaredNorm * speed / prior.Size;

        var lengths = Enumerable.Range(0, 60).Select(seed => PerceptualPathLength.Measure(generator, options: new() { Paths = 500, Seed = seed })).ToArray();

        // 95% less four standard errors.
        lengths.Count(length => length.Mean.Lower <= truth && truth <= length.Mean.Upper).Should().BeGreaterThanOrEqualTo(50);
        lengths.Average(length => length.Mean.Value).Should().BeApproximately(truth, 0.03 * truth);
        lengths.Max(length => length.StepError).Should().BeLessThan(1e-4);
    }

    [Fact]
    public void A_path_begins_and_ends_at_its_latents_and_keeps_to_the_sphere()
    {
        var (from, to) = (randn(50, 6, ScalarType.Float64), randn(50, 6, ScalarType.Float64));
        Tensor At(double t) => LatentPath.At(from, to, full([50, 1], t, ScalarType.Float64), LatentInterpolation.Spherical);

        At(0).allclose(from, 1e-12).Should().BeTrue();
        At(1).allclose(to, 1e-9).Should().BeTrue();
        At(0.5).norm(1).allclose((from.norm(1) + to.norm(1)) / 2, 1e-9).Should().BeTrue();
        LatentPath.At(from, from, full([50, 1], 0.3, ScalarType.Float64), LatentInterpolation.Spherical).allclose(from, 1e-6).Should().BeTrue("a path of no length stays where it is");
    }

    [Theory]
    [InlineData(false, 0.002)]
    [InlineData(true, 0.06)]
    public void A_step_error_says_how_far_steps_of_other_lengths_are(bool isTrainedFeature, double largest)
    {
        manual_seed(1);
        // Untrained, so that its samples differ little from each other: the hardest case for float32.
        using var generator = new DcganGenerator(new(1, 28, 28), latentSize: 16, width: 8);
        using var classifier = GarmentClassifier.Load();
        IFeatureExtractor features = isTrainedFeature ? classifier : new PixelFeatures();
        PathLength At(double epsilon) => PerceptualPathLength.Measure(generator, features, new() { Paths = 170, Epsilon = epsilon });

        var usual = At(1e-4);

        usual.StepError.Should().BeLessThan(largest);
        At(1e-3).Mean.Value.Should().BeApproximately(usual.Mean.Value, largest * usual.Mean.Value);
        FluentActions.Invoking(() => At(1e-8)).Should().Throw<DiagnosticRefusedException>().WithMessage("*of the path length is due to the step, an epsilon of 1e-08: float32 rounds*Pass a larger PathLengthOptions.Epsilon.");
    }

    [Fact]
    public void Trimming_is_that_of_the_papers_code_with_the_standard_error_of_SciPy()
    {
        foreach (var (share, count, mean, standardError) in References.Trimmed)
        {
            var values = tensor(Fixture.Numbers(7).Take(count).Select(number => Math.Pow(number / (double)(1L << 31), 3)).ToArray());

            var trimmed = PerceptualPathLength.Trimmed(values, share);

            trimmed.Value.Should().BeApproximately(mean, 1e-12);
            (trimmed.Upper - trimmed.Value).Should().BeApproximately(1.959963984540054 * standardError, 1e-9);
        }
    }

    [Fact]
    public void A_generator_of_one_sample_has_no_length_and_one_that_jumps_is_refused()
    {
        using var constant = new Function((latents, _) => latents * 0);
        using var jumping = new Function((latents, _) => latents.sign());
        using var broken = new Function((latents, _) => latents * double.NaN);

        PerceptualPathLength.Measure(constant).Mean.Value.Should().Be(0);
        FluentActions.Invoking(() => PerceptualPathLength.Measure(jumping)).Should().Throw<DiagnosticRefusedException>().WithMessage("*or the samples jump*Pass a larger PathLengthOptions.Epsilon.");
        FluentActions.Invoking(() => PerceptualPathLength.Measure(broken)).Should().Throw<DiagnosticRefusedException>().WithMessage("The path length isn't finite*");
    }

    [Fact]
    public void Both_ends_of_a_path_have_its_class()
    {
        // Classes are a thousand apart: one path between two of them would show.
        using var generator = new Function((latents, labels) => latents + 1_000 * labels!.unsqueeze(1), classes: 10);
        using var data = new InMemoryDataset(zeros(100, 2), arange(100).remainder(10)).Split(0.5);
        var expected = PerceptualPathLength.Measure(generator, options: new() { Paths = 300 }, labels: LabelSampler.Given(0));

        var uniform = PerceptualPathLength.Measure(generator, options: new() { Paths = 300, Epsilon = 0.05 }, labels: LabelSampler.Uniform(10));
        var value = new PerceptualPathLengthMetric(options: new() { Paths = 300, Epsilon = 0.05 }).Measure(new MetricContext(generator, data));

        uniform.Mean.Value.Should().BeApproximately(expected.Mean.Value, 0.1 * expected.Mean.Value);
        value.Value.Should().BeApproximately(expected.Mean.Value, 0.1 * expected.Mean.Value);
        FluentActions.Invoking(() => PerceptualPathLength.Measure(generator)).Should().Throw<ArgumentException>().WithMessage("labels must be given*");
    }

    [Fact]
    public void A_run_can_measure_it()
    {
        using var garments = ShippedGarments.Load();
        using var generator = new DcganGenerator(new(1, 28, 28), latentSize: 8, width: 4);
        var metric = new PerceptualPathLengthMetric(options: new() { Paths = 100, Trim = 0.01 });
        MetricValue Measure() => metric.Measure(new MetricContext(generator, garments, seed: 3));

        var value = Measure();

        (metric.Name, metric.Goal).Should().Be(("perceptual path length (pixels)", MetricGoal.Lower));
        metric.Settings.Should().Contain("features", "pixels").And.Contain("paths", "100").And.Contain("epsilon", "0.0001").And.Contain("trim", "0.01").And.Contain("interpolation", "of the prior");
        Measure().Should().Be(value);
        value.Interval!.Value.SampleCount.Should().Be(100);
        value.OfReal.Should().BeNull("real samples have no latents");
        LiveTensors.Grown(() => Measure()).Should().Be(0);
        metric.Invoking(it => it.Measure(new MetricContext(garments, garments))).Should().Throw<InvalidOperationException>()
            .WithMessage("PerceptualPathLengthMetric needs a generator, but the samples of this context were generated before.");
    }

    [Fact]
    public void A_context_samples_only_where_there_is_a_generator_and_while_it_lasts()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        var context = new MetricContext(generator, data);

        context.Prior.Should().BeSameAs(generator.Prior);
        context.Sample(zeros(3, 2)).shape.Should().Equal(3, 2);
        new MetricContext(data, data).Invoking(it => it.Sample(zeros(3, 2))).Should().Throw<InvalidOperationException>().WithMessage("*there is no generator to sample from.");
        context.End();
        context.Invoking(it => it.Sample(zeros(3, 2))).Should().Throw<InvalidOperationException>().WithMessage("The measurement of this context has ended*");
    }

    [Fact]
    public void Options_that_are_none_are_listed()
    {
        using var generator = new Function((latents, _) => latents);
        using var flat = new Linear(LatentPrior.Normal(1), size: 2);
        var wrong = new PathLengthOptions { Paths = 31, Epsilon = 0, Trim = 0.3, Interpolation = (LatentInterpolation)9 };
        var message = string.Join(Environment.NewLine, "The path length's options are invalid:", "- Paths must be at least 32 but is 31.", "- Epsilon must be above 0 and at most 0.1 but is 0.",
            "- Trim must lie from 0 to 0.25 but is 0.3.", "- Interpolation must be Spherical, Linear or null but is 9.");

        FluentActions.Invoking(() => PerceptualPathLength.Measure(generator, options: wrong)).Should().Throw<ArgumentException>().WithMessage(message);
        FluentActions.Invoking(() => new PerceptualPathLengthMetric(options: wrong)).Should().Throw<ArgumentException>().WithMessage(message);
        FluentActions.Invoking(() => PerceptualPathLength.Measure(flat, options: new() { Interpolation = LatentInterpolation.Spherical })).Should().Throw<ArgumentException>().WithMessage("options.Interpolation must be linear for latents of one value*");
    }

    /// <summary>
    /// E ‖z′‖² of normal latents: the length r goes linearly from one χ to another and the direction at a constant angular speed Ω, so that it is E (r₁ − r₀)² + E r² E Ω².
    /// </summary>
    private static double Sphere(int size)
    {
        // (E r)²
        var squaredMean = 2 * Math.Exp(2 * (LogGamma((size + 1) / 2.0) - LogGamma(size / 2.0)));
        return 2 * (size - squaredMean) + (2 * size + squaredMean) / 3 * SquaredAngle(size);
    }

    /// <summary>E Ω² of two random directions, whose angle has a density proportional to sinᵈ⁻² Ω.</summary>
    private static double SquaredAngle(int size)
    {
        const int Steps = 20_000;
        var angles = Enumerable.Range(0, Steps).Select(step => Math.PI * (step + 0.5) / Steps).ToArray();
        double Weight(double angle) => Math.Pow(Math.Sin(angle), size - 2);
        return angles.Sum(angle => angle * angle * Weight(angle)) / angles.Sum(Weight);
    }

    private static double LogGamma(double value) => special.gammaln(tensor(value)).item<double>();

    /// <summary>A float32 matrix.</summary>
    private sealed class Linear : GeneratorNetwork
    {
        private readonly TorchSharp.Modules.Linear layer;

        public Linear(LatentPrior prior, int size)
            : base(nameof(Linear), prior)
        {
            layer = nn.Linear(prior.Size, size);
            RegisterComponents();
        }

        public double SquaredNorm => layer.weight.to(ScalarType.Float64).square().sum().item<double>();

        public override Tensor forward(Tensor latents, Tensor? labels) => layer.call(latents);
    }

    private sealed class Function(Func<Tensor, Tensor?, Tensor> body, int? classes = null) : GeneratorNetwork(nameof(Function), LatentPrior.Normal(2))
    {
        public override int? Classes => classes;

        public override Tensor forward(Tensor latents, Tensor? labels) => body(latents, labels);
    }

    private sealed record Reference(TrimmedCase[] Trimmed);

    private sealed record TrimmedCase(double Share, int Count, double Mean, double StandardError);
}
