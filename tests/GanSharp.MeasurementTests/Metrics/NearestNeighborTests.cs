using FluentAssertions;
using GanSharp.Metrics.TwoSample;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

public sealed class NearestNeighborTests
{
    [Fact]
    public void A_generator_that_repeats_its_data_has_an_accuracy_of_0()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var real = randn(200, 3) * 5 + 100;

        var exact = NearestNeighborTest.Measure(real, real.clone());
        var nearly = NearestNeighborTest.Measure(real, real + 1e-3 * randn(200, 3));

        (exact.Test.Statistic, exact.RealAccuracy, exact.FakeAccuracy).Should().Be((0, 0, 0));
        exact.Test.PValue.Should().Be(2.0 / 500, "low accuracy speaks against equality as well");
        nearly.Test.Statistic.Should().BeLessThan(0.02);
    }

    [Fact]
    public void Disjoint_samples_have_an_accuracy_of_1()
    {
        using var scope = NewDisposeScope();

        var test = NearestNeighborTest.Measure(rand(100, 2), rand(100, 2) + 10);

        test.Test.Statistic.Should().Be(1);
        test.ToString().Should().Be("1.0000 (real 1.0000, generated 1.0000), p = 0.004");
    }

    [Fact]
    public void Equal_distributions_have_an_accuracy_of_one_half()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);

        var test = NearestNeighborTest.Measure(randn(1_500, 2), randn(1_500, 2));

        test.Test.Statistic.Should().BeApproximately(0.5, 0.04);
        test.Test.PValue.Should().BeGreaterThan(0.05);
    }

    [Fact]
    public void A_generator_that_crowds_its_modes_is_recognized_among_its_own_samples_only()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);

        var test = NearestNeighborTest.Measure(randn(400, 2), 0.1 * randn(400, 2));

        test.FakeAccuracy.Should().BeGreaterThan(0.95);
        test.RealAccuracy.Should().BeLessThan(test.FakeAccuracy);
        test.Test.Statistic.Should().BeApproximately((test.RealAccuracy + test.FakeAccuracy) / 2, 1e-12);
    }

    [Fact]
    public void The_binomial_interval_would_be_too_narrow()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        const int Repetitions = 300, Count = 100;

        var accuracies = tensor(Enumerable.Range(0, Repetitions)
            .Select(_ => NearestNeighborTest.Measure(randn(Count, 1), randn(Count, 1), new() { Permutations = 19 }).Test.Statistic).ToArray());

        // A binomial share of 200 samples has the variance 1/800; mutual neighbors agree with each other and add to it.
        (accuracies.var().item<double>() * 4 * 2 * Count).Should().BeGreaterThan(1.25);
    }
}
