using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Models;

/// <summary>Parzen windows against scikit-learn (tests/peers/models_reference.py), closed forms, and what they refuse.</summary>
public sealed class ParzenWindowTests : IDisposable
{
    private const double Tolerance = 1e-6;

    private static readonly Reference References = Fixture.Read<Reference>("Metrics/Models", "models.json");

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, References.Parzen.Length)];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_protocol_gives_the_numbers_of_scikit_learn(int index)
    {
        var expected = References.Parzen[index];
        var real = Samples(expected.Seed, expected.Validation + expected.Test, expected.Size, 1, 0);
        var generated = Samples(expected.Seed + 100, expected.Generated, expected.Size, expected.Scale, expected.Shift);
        real.sum().item<double>().Should().BeApproximately(expected.Sum, 1e-9, "the samples are those of the script");

        var measured = ParzenWindow.Measure(generated, real.narrow(0, 0, expected.Validation), real.narrow(0, expected.Validation, expected.Test));

        void Equal(double value, double reference) => value.Should().BeApproximately(reference, Tolerance * Math.Abs(reference));
        Equal(measured.Bandwidth, expected.Bandwidth);
        Equal(measured.LogLikelihood.Value, expected.LogLikelihood);
        Equal(measured.StandardError, expected.StandardError);
        Equal(measured.ValidationLogLikelihood, expected.ValidationLogLikelihood);
        var variance = new VarianceEstimate(expected.StandardError * expected.StandardError, double.PositiveInfinity) + new VarianceEstimate(expected.Jackknife, 9);
        Equal(measured.LogLikelihood.Upper - measured.LogLikelihood.Value, variance.HalfWidth);
        using var window = new ParzenWindow(generated, expected.Bandwidth);
        Equal(window.LogDensity(real.narrow(0, expected.Validation, expected.Test)).mean().item<double>(), expected.LogLikelihood);
    }

    [Fact]
    public void Around_one_point_it_is_a_Gaussian()
    {
        using var window = new ParzenWindow(full([20, 2, 2], 1e4, ScalarType.Float64), bandwidth: 0.5);

        var density = window.LogDensity(tensor(new[] { 1e4, 1e4, 1e4, 1e4 + 1 }).view(1, 2, 2));

        density.item<double>().Should().BeApproximately(-2 - 4 * Math.Log(0.5 * Math.Sqrt(2 * Math.PI)), 1e-9, "an offset of ten thousand takes no digits");
    }

    [Fact]
    public void Of_a_Gaussian_it_is_the_one_that_is_wider_by_the_bandwidth()
    {
        const double Bandwidth = 0.4, Variance = 1 + Bandwidth * Bandwidth;

        var measured = ParzenWindow.Measure(Normal("generated", 20_000, 1), Normal("validation", 100, 1), Normal("test", 4_000, 1), [Bandwidth]);

        measured.Bandwidth.Should().Be(Bandwidth, "a single one is given");
        var expected = -0.5 * Math.Log(2 * Math.PI * Variance) - 1 / (2 * Variance);
        (measured.LogLikelihood.Lower < expected && expected < measured.LogLikelihood.Upper).Should().BeTrue();
        measured.LogLikelihood.Value.Should().BeApproximately(expected, 0.03);
        measured.LogLikelihood.SampleCount.Should().Be(4_000);
    }

    [Fact]
    public void The_interval_holds_what_samples_of_these_counts_give_on_average()
    {
        const int Repeats = 200;
        double[] grid = [0.1, 0.2, 0.3, 0.45, 0.7, 1];
        var measured = Enumerable.Range(0, Repeats).Select(repeat =>
        {
            using var one = NewDisposeScope();
            return ParzenWindow.Measure(Normal($"generated {repeat}", 100, 2), Normal($"validation {repeat}", 100, 2), Normal($"test {repeat}", 200, 2), grid);
        }).ToArray();
        var mean = measured.Average(one => one.LogLikelihood.Value);

        // 95% less four standard errors.
        measured.Count(one => one.LogLikelihood.Lower <= mean && mean <= one.LogLikelihood.Upper).Should().BeGreaterThanOrEqualTo(178);
        mean.Should().BeLessThan(-1 - Math.Log(2 * Math.PI), "the density is wider than that of the samples, so the value is biased down");
    }

    [Fact]
    public void Noise_and_lost_modes_lower_it_and_real_samples_get_the_most()
    {
        using var data = Mixtures.Ring(standardDeviation: 0.1);
        Tensor Real(int part) => data.Draw(0, 500 * part, 500).Samples;
        double Value(Tensor samples) => ParzenWindow.Measure(samples, Real(1), Real(2)).LogLikelihood.Value;
        double[] noise = [0, 0.1, 0.2, 0.4];
        Tensor Kept(int modes) => Real(0)[atan2(Real(0).select(1, 1), Real(0).select(1, 0)).lt(-Math.PI + Math.PI / 4 * (modes + 0.5))];

        noise.Select(amount => Value(Real(0) + amount * Normal("noise", 500, 2))).Should().BeInDescendingOrder();
        new[] { 8, 6, 3 }.Select(modes => Value(Kept(modes))).Should().BeInDescendingOrder();
        var (first, second) = (ParzenWindow.Measure(Real(0), Real(1), Real(2)).LogLikelihood, ParzenWindow.Measure(Real(3), Real(1), Real(2)).LogLikelihood);
        (first.Lower <= second.Value && second.Value <= first.Upper).Should().BeTrue("both are real");
    }

    [Fact]
    public void A_run_can_measure_it_and_real_samples_stand_beside()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 16, 2);
        var metric = new ParzenWindowMetric(samples: 300, validation: 100, test: 200);
        MetricValue Measure() => metric.Measure(new MetricContext(generator, data, seed: 3));

        var value = Measure();

        (metric.Name, metric.Goal).Should().Be(("Parzen log-likelihood", MetricGoal.Higher));
        metric.Settings.Should().Contain("samples", "300").And.Contain("validation", "100").And.Contain("test", "200").And.Contain("bandwidths", "of the validation samples");
        Measure().Should().Be(value);
        value.Interval!.Value.SampleCount.Should().Be(200);
        value.Value.Should().BeLessThan(value.OfReal!.Value.Lower - 1, "an untrained generator is far from the data");
        LiveTensors.Grown(() => Measure()).Should().Be(0);
    }

    [Fact]
    public void Fewer_held_out_samples_shrink_all_sets_alike()
    {
        using var generator = new MlpGenerator(2, 16, 2);
        using var some = new InMemoryDataset(Normal("data", 400, 2).to(ScalarType.Float32)).Split(0.5);
        using var few = new InMemoryDataset(Normal("data", 40, 2).to(ScalarType.Float32)).Split(0.5);
        var metric = new ParzenWindowMetric(samples: 1_000, validation: 200, test: 800);

        metric.Measure(new MetricContext(generator, some)).Interval!.Value.SampleCount.Should().Be(80);
        metric.Invoking(it => it.Measure(new MetricContext(generator, few))).Should().Throw<InvalidOperationException>()
            .WithMessage("ParzenWindowMetric needs at least 20 generated samples*but the counts would be 10, 10, 2 and 8.");
    }

    [Fact]
    public void A_bandwidth_at_the_end_of_the_grid_is_refused()
    {
        var (generated, real) = (Normal("generated", 100, 2), Normal("real", 200, 2));
        Action Measuring(Tensor validation, params double[] grid) => () => ParzenWindow.Measure(generated, validation, real, grid.Length == 0 ? null : grid);

        Measuring(real, 1e-3, 1e-2).Should().Throw<DiagnosticRefusedException>().WithMessage("The best bandwidth on the validation samples is the largest of the grid, 0.01*");
        Measuring(generated).Should().Throw<DiagnosticRefusedException>().WithMessage("*is the least of the grid*the validation samples are among the generated ones.");
    }

    [Fact]
    public void What_is_no_density_is_refused_by_name()
    {
        var good = Normal("good", 20, 3);
        void Refuses(Action measuring, string message) => measuring.Should().Throw<ArgumentException>().WithMessage(message);

        Refuses(() => ParzenWindow.Measure(good.narrow(0, 0, 19), good, good), "generated must have at least 20 samples but has 19.*");
        Refuses(() => ParzenWindow.Measure(good, good.narrow(1, 0, 2), good), "validation must hold samples of 3 values, as the density's, but has shape [20, 2].*");
        Refuses(() => ParzenWindow.Measure(good, good, good * double.NaN), "test must be finite but holds NaN or infinity.*");
        Refuses(() => ParzenWindow.Measure(good, zeros(5, 3), good), "validation must hold samples that differ, but all are equal*");
        Refuses(() => ParzenWindow.Measure(good, good, good, []), "bandwidths must hold at least one value but is empty.*");
        Refuses(() => ParzenWindow.Measure(good, good, good, [0.5, 0.2]), "bandwidths must ascend but 0.2 follows 0.5.*");
        Refuses(() => ParzenWindow.Measure(good, good, good, [0.0]), "bandwidths must be finite and above 0.*0*");
        Refuses(() => _ = new ParzenWindow(good, double.NaN), "bandwidth must be finite and above 0.*NaN*");
        Refuses(() => _ = new ParzenWindowMetric(samples: 19), "samples*19*");
        using var window = new ParzenWindow(good, 1);
        Refuses(() => window.LogDensity(zeros(2, 4)), "points must hold samples of 3 values, as the density's, but has shape [2, 4].*");
        LiveTensors.Grown(() =>
        {
            using var one = new ParzenWindow(good, 1);
            one.LogDensity(good).Dispose();
        }).Should().Be(0);
    }

    private static Tensor Normal(string name, int count, int size)
    {
        using var random = SeededRandom.Create(0, name);
        return randn([count, size], ScalarType.Float64, generator: random);
    }

    /// <summary>The script's samples: sums of four integers of a linear congruential generator.</summary>
    private static Tensor Samples(long seed, int count, int size, double scale, double shift) => scale * (tensor(
        Fixture.Numbers(seed).Chunk(4).Take(count * size).Select(draws => draws.Sum(draw => draw / (double)(1L << 31))).ToArray(), [count, size]) - 2) + shift;

    private sealed record Reference(ParzenCase[] Parzen);

    private sealed record ParzenCase(long Seed, int Generated, int Validation, int Test, int Size, double Scale, double Shift, double Sum,
        double Bandwidth, double LogLikelihood, double StandardError, double ValidationLogLikelihood, double Jackknife);
}
