using FluentAssertions;
using GanSharp.Diagnostics;
using GanSharp.Networks;
using GanSharp.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class SequentialTestTests
{
    private static readonly double Boundary = Math.Log(1 / 0.05);

    [Fact]
    public void Looking_after_every_pair_raises_no_more_false_alarms_than_the_level_allows()
    {
        const int Repetitions = 2_000, Pairs = 1_000;
        using var scope = NewDisposeScope();
        manual_seed(1);
        // A random quadratic a repetition: discriminators that are sure of themselves and wrong.
        var (slope, curvature, shift) = (randn(Repetitions, 1) * 0.5, randn(Repetitions, 1) * 0.2, randn(Repetitions, 1) * 0.5);
        Tensor Judge(Tensor x) => slope * x + curvature * x.square() + shift;

        AlarmRate(Judge(randn(Repetitions, Pairs)), Judge(randn(Repetitions, Pairs))).Should().BeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void A_network_that_was_trained_on_nothing_raises_no_more_false_alarms_either()
    {
        const int Repetitions = 500, Pairs = 500;
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var discriminator = new MlpDiscriminator(1, 16, hiddenLayers: 2);
        Tensor Judge(Tensor x) => (discriminator.Logits(x.reshape(-1, 1)) * 5).reshape(Repetitions, Pairs);

        AlarmRate(Judge(randn(Repetitions, Pairs)), Judge(randn(Repetitions, Pairs))).Should().BeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void A_shift_of_half_a_standard_deviation_is_found_after_some_250_pairs_in_half_of_the_cases()
    {
        const int Repetitions = 1_000, Pairs = 2_000;
        using var scope = NewDisposeScope();
        var crossed = Paths(0.5, Repetitions, Pairs).ge(Math.Log(20));
        // The first pair at which the boundary is reached: pairs before it are those whose running maximum is below.
        var first = (Paths(0.5, Repetitions, Pairs).cummax(1).values.lt(Boundary)).sum(1).to(ScalarType.Float64) + 1;

        crossed.any(1).all().item<bool>().Should().BeTrue("a power of 1 at 2,000 pairs");
        first.median().item<double>().Should().BeInRange(30, 300);
        TestContext.Current.TestOutputHelper?.WriteLine($"median {first.median().item<double>()}");
    }

    [Theory]
    [InlineData(0.1, 0.0012484401)]
    [InlineData(0.5, 0.0303113005)]
    [InlineData(1, 0.1114214822)]
    public void The_power_is_what_simulation_finds(double shift, double divergence)
    {
        const int Repetitions = 1_500;
        using var scope = NewDisposeScope();
        foreach (var power in new[] { 0.3, 0.5, 0.8, 0.95 })
        {
            var pairs = PairsFor(divergence, power);
            var found = Paths(shift, Repetitions, pairs).amax([1]).ge(Boundary).to(ScalarType.Float64).mean().item<double>();
            TestContext.Current.TestOutputHelper?.WriteLine($"shift {shift} n {pairs} formula {power} simulation {found}");
        }
    }

    private static int PairsFor(double divergence, double power)
    {
        var pairs = 1;
        while (Of(pairs).Power(divergence) < power)
            pairs = Math.Max(pairs + 1, (int)(pairs * 1.02));
        return pairs;
    }

    /// <summary>A test that has seen so many pairs of which D says nothing.</summary>
    private static SequentialTest Of(int pairs)
    {
        using var scope = NewDisposeScope();
        var test = new SequentialTest();
        test.Add(zeros(pairs), zeros(pairs));
        return test;
    }

    /// <summary>ln E after each pair, for D* of N(0, 1) against N(shift, 1).</summary>
    private static Tensor Paths(double shift, int repetitions, int pairs)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(3, "paths");
        Tensor LogRatio(Tensor x) => shift * shift / 2 - shift * x;
        var real = randn([repetitions, pairs], ScalarType.Float64, generator: random);
        var fake = randn([repetitions, pairs], ScalarType.Float64, generator: random) + shift;
        return SequentialTest.Increments(LogRatio(real), LogRatio(fake)).cumsum(1).MoveToOuterDisposeScope();
    }

    private static double AlarmRate(Tensor real, Tensor fake)
    {
        using var scope = NewDisposeScope();
        var rate = SequentialTest.Increments(real, fake).cumsum(1).amax([1]).ge(Boundary).to(ScalarType.Float64).mean().item<double>();
        TestContext.Current.TestOutputHelper?.WriteLine($"false alarms {rate}");
        return rate;
    }
}
