using FluentAssertions;
using GanSharp.Diagnostics.Testing;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Randomness;
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
        // An odd logit is right about half of the samples, where E is a martingale and the level is nearly used up; the others are sure and wrong.
        var (slope, curvature, shift) = (randn(Repetitions, 1) * 0.2, randn(Repetitions, 1) * 0.2, randn(Repetitions, 1) * 0.5);
        double Rate(Func<Tensor, Tensor> judge) => AlarmRate(judge(randn(Repetitions, Pairs)), judge(randn(Repetitions, Pairs)));

        Rate(x => slope * x).Should().BeInRange(0.02, 0.05);
        Rate(x => slope * x + curvature * x.square() + shift).Should().BeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void A_network_with_random_weights_raises_no_more_false_alarms_either()
    {
        const int Repetitions = 1_000, Pairs = 500;
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var discriminator = new MlpDiscriminator(1, 16, hiddenLayers: 2);
        Tensor Judge(Tensor x) => (discriminator.Logits(x.reshape(-1, 1)) * 5).reshape(Repetitions, Pairs);

        AlarmRate(Judge(randn(Repetitions, Pairs)), Judge(randn(Repetitions, Pairs))).Should().BeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void A_shift_of_half_a_standard_deviation_is_found_after_some_forty_pairs_in_half_of_the_cases()
    {
        using var scope = NewDisposeScope();
        var first = Paths(0.5, 2_000, 1_000).cummax(1).values.lt(Boundary).sum(1).to(ScalarType.Float64) + 1;

        first.median().item<double>().Should().BeInRange(35, 47);
        first.max().item<double>().Should().BeLessThan(1_000, "a thousand pairs find it always");
    }

    [Theory]
    [InlineData(0.1, 0.0012484401)]
    [InlineData(0.5, 0.0303113005)]
    [InlineData(1, 0.1114214822)]
    public void The_power_is_what_simulation_finds(double shift, double divergence)
    {
        using var scope = NewDisposeScope();
        var counts = new[] { 0.3, 0.5, 0.8, 0.95 }.Select(power => PairsFor(divergence, power)).ToArray();
        var highest = Paths(shift, 1_500, counts[^1]).cummax(1).values;
        foreach (var count in counts)
            Of(count).Power(divergence).Should().BeApproximately(highest.select(1, count - 1).ge(Boundary).to(ScalarType.Float64).mean().item<double>(), 0.05);
    }

    [Fact]
    public void The_detectable_divergence_is_the_one_with_that_power()
    {
        var test = Of(1_752);

        test.Power(test.DetectableDivergence(0.8)).Should().BeApproximately(0.8, 1e-5);
        test.DetectableDivergence(0.8).Should().BeApproximately(0.00125, 0.00002);
        test.DetectableDivergence(0.9).Should().BeGreaterThan(test.DetectableDivergence(0.8));
        new SequentialTest().DetectableDivergence().Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void Pairs_in_pieces_are_pairs_at_once_and_a_pair_is_worth_twice_the_bound()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (real, fake) = (randn(1_000) + 0.3, randn(1_000) - 0.3);
        var (whole, pieces) = (new SequentialTest(), new SequentialTest());
        whole.Add(real, fake);
        for (var start = 0; start < 1_000; start += 125)
            pieces.Add(real.narrow(0, start, 125), fake.narrow(0, start, 125));

        whole.LogEValue.Should().BeApproximately(2 * 1_000 * JensenShannon.Bound(real, fake).Value, 1e-9);
        pieces.LogEValue.Should().BeApproximately(whole.LogEValue, 1e-9);
        pieces.MaximumLogEValue.Should().BeApproximately(whole.MaximumLogEValue, 1e-9);
        (whole.Pairs, pieces.Pairs).Should().Be((1_000, 1_000));
    }

    [Fact]
    public void A_rejection_stands_whatever_comes_after_it()
    {
        using var scope = NewDisposeScope();
        var test = new SequentialTest();
        test.PValue.Should().Be(1);
        // ln E = 3 ln 4 a hair less: E is nearly 64.
        test.Add(full(3, 20f), full(3, -20f));
        test.PValue.Should().BeApproximately(1 / 64.0, 1e-8);
        test.ToString().Should().Be("Still distinguishable at level 0.05 (p = 0.016 after 3 pairs).");

        test.Add(full(100, -1f), full(100, 1f));

        test.LogEValue.Should().BeNegative();
        test.IsDistinguishable.Should().BeTrue();
    }

    [Fact]
    public void Without_a_rejection_it_says_what_it_could_have_found()
    {
        Of(1_752).ToString().Should().MatchRegex(@"^Indistinguishable so far at 1,752 pairs, with power 0\.8 against a divergence of which D bounds at least 0\.001[23] nats\.$");
        Of(1).ToString().Should().Be("Indistinguishable so far at 1 pairs, too few to find any divergence.");
    }

    [Fact]
    public void Bad_input_is_named()
    {
        using var scope = NewDisposeScope();
        var test = new SequentialTest();

        new Action(() => _ = new SequentialTest(1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("level must lie between 0 and 1*");
        new Action(() => test.Add(zeros(2), zeros(3))).Should().Throw<ArgumentException>().WithMessage("*one shape [N] but have [2] and [3].*");
        new Action(() => test.Add(full(1, double.NaN), zeros(1))).Should().Throw<ArgumentException>().WithMessage("*one is NaN*");
        new Action(() => test.Power(0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("divergence must be above 0 and at most ln 2.*");
        (test.Pairs, test.LogEValue).Should().Be((0, 0));
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
        return SequentialTest.Increments(real, fake).cumsum(1).amax([1]).ge(Boundary).to(ScalarType.Float64).mean().item<double>();
    }
}
