using FluentAssertions;
using GanSharp.Metrics.TwoSample;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

/// <summary>The distances between samples against closed forms.</summary>
public sealed class DistanceTests
{
    private static readonly TwoSampleOptions Few = new() { Permutations = 19 };

    [Fact]
    public void The_kernel_distance_of_two_normals_agrees_with_the_reference_value()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);

        var discrepancies = Enumerable.Range(0, 12)
            .Select(_ => MaximumMeanDiscrepancy.Measure(randn(1_000, 1), randn(900, 1) + 1, bandwidth: 1, Few).Statistic).ToArray();

        // One run's standard deviation is about 0.018.
        discrepancies.Average().Should().BeApproximately(0.17726763492, 0.012);
    }

    [Fact]
    public void The_kernel_distance_of_equal_distributions_is_0_on_average()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);

        var discrepancies = Enumerable.Range(0, 200).Select(_ => MaximumMeanDiscrepancy.Measure(randn(20, 1), randn(30, 1), 1, Few).Statistic).ToArray();

        // The biased statistic, which keeps the pairs of a sample with itself, would have a mean of about 0.035.
        discrepancies.Average().Should().BeApproximately(0, 0.005);
        discrepancies.Should().Contain(value => value < 0);
    }

    [Fact]
    public void The_statistics_agree_with_sums_over_all_pairs()
    {
        using var scope = NewDisposeScope();
        double[] real = [0, 1, 4], fake = [2, 7];
        static double Mean(double[] left, double[] right, Func<double, double> kernel) =>
            (from i in Enumerable.Range(0, left.Length) from j in Enumerable.Range(0, right.Length) where left != right || i != j select kernel(left[i] - right[j])).Average();
        double Expected(Func<double, double> kernel) => Mean(real, real, kernel) + Mean(fake, fake, kernel) - 2 * Mean(real, fake, kernel);
        var (realSamples, fakeSamples) = (tensor(real).unsqueeze(1), tensor(fake).unsqueeze(1));

        EnergyDistance.Measure(realSamples, fakeSamples).Statistic.Should().BeApproximately(Expected(difference => -Math.Abs(difference)), 1e-12);
        MaximumMeanDiscrepancy.Measure(realSamples, fakeSamples, bandwidth: 1.5).Statistic
            .Should().BeApproximately(Expected(difference => Math.Exp(-difference * difference / 4.5)), 1e-12);
    }

    [Fact]
    public void The_median_distance_is_that_of_the_pairs()
    {
        using var scope = NewDisposeScope();

        // The distances of 0, 1, 4 are 1, 3, 4.
        MaximumMeanDiscrepancy.MedianDistance(tensor(new[] { 0f, 1, 4 }).unsqueeze(1)).Should().Be(3);
        var equal = () => MaximumMeanDiscrepancy.Measure(zeros(5, 1), zeros(5, 1));
        equal.Should().Throw<ArgumentException>().WithMessage("bandwidth must be given for these samples: the median distance is 0, because most pairs are equal.*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_bandwidth_that_is_none_is_refused(double bandwidth)
    {
        var measure = () => MaximumMeanDiscrepancy.Measure(zeros(5, 1), zeros(5, 1), bandwidth);

        measure.Should().Throw<ArgumentOutOfRangeException>().WithMessage("bandwidth must be finite and above 0, or null for the median distance.*");
    }

    [Fact]
    public void The_energy_distance_of_two_normals_is_the_closed_form()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);

        var distances = Enumerable.Range(0, 12).Select(_ => EnergyDistance.Measure(randn(1_000, 1), randn(900, 1) + 1, Few).Statistic).ToArray();

        // E|N(1, 2)| = 2/√π e^(−1/4) + erf(½), and E|N(0, 2)| = 2/√π.
        var expected = 2 * (2 / Math.Sqrt(Math.PI) * Math.Exp(-0.25) + 0.5204998778130465) - 4 / Math.Sqrt(Math.PI);
        distances.Average().Should().BeApproximately(expected, 0.03);
    }

    [Theory]
    [InlineData(1, 1_500, 1_500)]
    [InlineData(4, 1_500, 1_200)]
    public void The_sliced_distance_of_shifted_normals_is_the_squared_shift_over_the_dimension(int dimension, int realCount, int fakeCount)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (real, fake) = (randn(realCount, dimension), randn(fakeCount, dimension) + 2);

        // ‖μ‖² = 4d.
        SlicedWasserstein.Measure(real, fake, 256, Few).Statistic.Should().BeApproximately(4, 0.4);
    }

    [Fact]
    public void The_sliced_distance_on_the_line_is_the_exact_transport()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { 0.0, 1, 5 }).unsqueeze(1), tensor(new[] { 4.0, 2 }).unsqueeze(1));

        // Quantile functions: 0 and 2 on the first third, 1 and 2 to ½, 1 and 4 to ⅔, 5 and 4 to 1.
        SlicedWasserstein.Measure(real, fake).Statistic.Should().BeApproximately((2 * 4 + 1 * 1 + 1 * 9 + 2 * 1) / 6.0, 1e-12);
        SlicedWasserstein.Measure(real, real + 3).Statistic.Should().BeApproximately(9, 1e-12);
    }

    [Fact]
    public void The_sliced_distance_of_equal_distributions_is_biased_up_as_documented()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        double Average(int count) => Enumerable.Range(0, 30).Select(_ => SlicedWasserstein.Measure(randn(count, 2), randn(count, 2), 8, Few).Statistic).Average();

        var (few, many) = (Average(25), Average(400));

        many.Should().BePositive();
        few.Should().BeGreaterThan(5 * many);
    }
}
