using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class WeightedMeansTests(ITestOutputHelper output)
{
    // A coverage of 95% is measured to within 0.34% (one standard error).
    private const int Repeats = 4_000;

    [Theory]
    [InlineData("normal", 300, 300)]
    [InlineData("uniform", 200, 1_000)]
    [InlineData("coin", 500, 400)]
    public void The_normal_interval_covers_the_mean_in_95_of_100_repeats(string law, long real, long fake)
    {
        using var scope = NewDisposeScope();
        // Standardized terms of each law: ½ · 0 + ½ · 0 is covered or not.
        Coverage(Draw(law, real, 1), Draw(law, fake, 2), 0, means => means.Normal()).Should().BeInRange(0.935, 0.965);
    }

    [Fact]
    public void The_bootstrap_covers_about_as_often()
    {
        using var scope = NewDisposeScope();
        Coverage(Draw("uniform", 100, 3, repeats: 1_000), Draw("uniform", 100, 4, repeats: 1_000), 0, means => means.Bootstrap(seed: 5)).Should().BeInRange(0.92, 0.98);
    }

    [Fact]
    public void Hoeffding_and_empirical_Bernstein_cover_at_least_as_often_as_they_say_even_at_ten_samples()
    {
        using var scope = NewDisposeScope();
        // A coin of probability 1/20 is what a normal interval fails on at ten samples.
        var (real, fake) = (Draw("rare", 10, 6, repeats: 1_000), Draw("rare", 10, 7, repeats: 1_000));

        Coverage(real, fake, 0.05, means => means.Normal()).Should().BeLessThan(0.7);
        Coverage(real, fake, 0.05, means => means.Hoeffding(range: 1)).Should().BeGreaterThanOrEqualTo(0.95);
        Coverage(real, fake, 0.05, means => means.EmpiricalBernstein(range: 1)).Should().BeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void Skewness_makes_the_normal_interval_miss_on_one_side_and_the_corrected_one_on_both()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (Draw("exponential", 80, 8), Draw("exponential", 80, 9));
        (double Low, double High) Misses(Func<WeightedMeans, Estimate> interval)
        {
            var estimates = Estimates(real, fake, interval);
            return (estimates.Count(one => one.Upper < 0), estimates.Count(one => one.Lower > 0));
        }

        var (normalLow, normalHigh) = Misses(means => means.Normal());
        var (low, high) = Misses(means => means.SkewCorrected());
        output.WriteLine($"too low {normalLow}, too high {normalHigh}; corrected {low}, {high}");

        // About 2.4 times as often below as above against 1, and 2.5% on either side.
        (normalLow / normalHigh).Should().BeGreaterThan(1.7);
        (low / high).Should().BeInRange(0.7, 1.4);
        ((low + high) / Repeats).Should().BeInRange(0.04, 0.065);
    }

    [Fact]
    public void The_bootstrap_agrees_with_the_skewness_correction()
    {
        using var scope = NewDisposeScope();
        var means = new WeightedMeans(3, (1, Draw("exponential", 200, 10)[0]), (-2, Draw("exponential", 300, 11)[0]));
        var (bootstrap, corrected) = (means.Bootstrap(seed: 1), means.SkewCorrected());
        var width = corrected.Upper - corrected.Lower;

        bootstrap.Value.Should().Be(corrected.Value);
        bootstrap.Lower.Should().BeApproximately(corrected.Lower, 0.05 * width);
        bootstrap.Upper.Should().BeApproximately(corrected.Upper, 0.05 * width);
        means.Bootstrap(seed: 1).Should().Be(bootstrap);
        means.Bootstrap(seed: 2).Should().NotBe(bootstrap);
    }

    [Fact]
    public void The_three_formulas_are_as_published()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (Draw("uniform", 50, 12)[0], Draw("uniform", 80, 13)[0]);
        var means = new WeightedMeans(1, (0.5, real), (0.5, fake));
        double Variance(Tensor terms) => terms.var().item<double>();
        void HalfWidth(Estimate estimate, double expected)
        {
            estimate.Value.Should().BeApproximately(1 + (real.mean() + fake.mean()).item<double>() / 2, 1e-15);
            (estimate.Upper - estimate.Value).Should().BeApproximately(expected, 1e-12);
            (estimate.Value - estimate.Lower).Should().BeApproximately(expected, 1e-12);
            estimate.SampleCount.Should().Be(50);
        }

        HalfWidth(means.Normal(), 1.959963984540054 / 2 * Math.Sqrt(Variance(real) / 50 + Variance(fake) / 80));
        HalfWidth(means.Hoeffding(4), 4.0 / 2 * Math.Sqrt((1.0 / 50 + 1.0 / 80) * Math.Log(2 / 0.05) / 2));
        // Maurer and Pontil's theorem 4 for either end of either mean at a quarter of 5%.
        double Bernstein(double variance, int count) => Math.Sqrt(2 * variance * Math.Log(2 / 0.0125) / count) + 7 * 4 * Math.Log(2 / 0.0125) / (3 * (count - 1));
        HalfWidth(means.EmpiricalBernstein(4), (Bernstein(Variance(real), 50) + Bernstein(Variance(fake), 80)) / 2);
    }

    [Fact]
    public void Terms_without_spread_have_an_interval_without_width()
    {
        using var scope = NewDisposeScope();
        var means = new WeightedMeans(1, (2, full(10, 0.25, ScalarType.Float64)));

        foreach (var estimate in new[] { means.Normal(), means.SkewCorrected(), means.Bootstrap(seed: 1) })
            estimate.Should().Be(new Estimate(1.5, 1.5, 1.5, 10));
    }

    private double Coverage(Tensor real, Tensor fake, double truth, Func<WeightedMeans, Estimate> interval)
    {
        var share = (double)Estimates(real, fake, interval).Count(one => one.Lower <= truth && truth <= one.Upper) / real.shape[0];
        output.WriteLine($"{share:0.000}");
        return share;
    }

    private static Estimate[] Estimates(Tensor real, Tensor fake, Func<WeightedMeans, Estimate> interval) => [.. Enumerable.Range(0, (int)real.shape[0]).Select(repeat =>
    {
        using var scope = NewDisposeScope();
        return interval(new WeightedMeans(0, (0.5, real[repeat]), (0.5, fake[repeat])));
    })];

    private static Tensor Draw(string law, long count, long seed, long repeats = Repeats)
    {
        using var random = SeededRandom.Create(seed, law);
        long[] shape = [repeats, count];
        return law switch
        {
            "normal" => randn(shape, ScalarType.Float64, generator: random),
            "uniform" => rand(shape, ScalarType.Float64, generator: random) - 0.5,
            "coin" => (rand(shape, ScalarType.Float64, generator: random) < 0.3).to(ScalarType.Float64) - 0.3,
            "rare" => (rand(shape, ScalarType.Float64, generator: random) < 0.05).to(ScalarType.Float64),
            _ => -rand(shape, ScalarType.Float64, generator: random).log() - 1,
        };
    }
}
