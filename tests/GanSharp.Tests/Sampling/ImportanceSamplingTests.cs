using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Sampling;
using GanSharp.Tests.Diagnostics;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

public sealed class ImportanceSamplingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public void The_second_moment_of_the_data_is_read_from_samples_of_a_wide_generator(double constant)
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();

        var expectation = ImportanceSampling.Expectation(line.Proposal(constant), samples => samples.squeeze(1).square(), 20_000);

        expectation.Value.Value.Should().BeApproximately(1, 0.02);
        (expectation.Value.Upper - expectation.Value.Lower).Should().BeInRange(0.02, 0.08);
        // ESS/n → 1/(1 + χ²), and 1 + χ² = ∫ p_d²/p_g = 4/√7 for N(0, 1) against N(0, 4).
        (expectation.EffectiveSamples / 20_000).Should().BeApproximately(Math.Sqrt(7) / 4, 0.01);
    }

    [Fact]
    public void The_interval_covers_the_truth_as_often_as_it_says()
    {
        const int Repetitions = 1_000, Count = 400;
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var proposal = line.Proposal();

        var hits = Enumerable.Range(0, Repetitions).Count(repetition =>
        {
            var value = ImportanceSampling.Expectation(proposal, samples => samples.squeeze(1).square(), Count, repetition).Value;
            return value.Lower <= 1 && 1 <= value.Upper;
        });

        hits.Should().BeInRange(950 - 21, 950 + 21);
    }

    [Fact]
    public void Few_effective_samples_are_refused_with_the_way_out()
    {
        using var scope = NewDisposeScope();
        using var line = new NormalLine();
        var expectation = () => ImportanceSampling.Expectation(line.Proposal(), samples => samples.squeeze(1), 120);

        expectation.Should().Throw<DiagnosticRefusedException>().WithMessage("Only * of 120 weighted samples are effective, fewer than 100, so that a few decide the estimate. "
            + "Draw more samples, calibrate the discriminator (PlattScaling), or train the generator closer to the data.");
    }

    [Fact]
    public void Weights_without_variance_are_refused_by_their_tail()
    {
        using var scope = NewDisposeScope();
        var (real, fake, first) = new GaussianPair(0.5, 1.5, 0, 1, Dimension: 2).Draw(1, 10_000, seed: 4);
        var alone = () => ImportanceSampling.Expectation(first[0], fake[0]);
        var withReal = () => ImportanceSampling.Expectation(first[0], fake[0], real[0]);

        alone.Should().Throw<DiagnosticRefusedException>().WithMessage("No interval would hold: the weights of 10000 samples of the generator alone don't show a finite variance (Pareto k̂ = 0.*");
        withReal.Should().Throw<DiagnosticRefusedException>().WithMessage("No interval would hold: the weights at 10000 real samples have too heavy a tail (Pareto k̂ = 1.*, above 0.70), so that their variance is infinite*says nothing against D*");
    }

    [Fact]
    public void A_function_that_grows_faster_than_the_weights_allow_is_refused()
    {
        using var scope = NewDisposeScope();
        var (real, fake, first) = new GaussianPair(0.5, 1, 0, 1).Draw(1, 10_000, seed: 4);
        var expectation = () => ImportanceSampling.Expectation((2 * first[0].square()).exp(), fake[0], real[0]);

        expectation.Should().Throw<DiagnosticRefusedException>().WithMessage("No interval would hold: the weighted values of 10000 samples have too heavy a tail*");
        ImportanceSampling.Expectation(ones(10_000), fake[0], real[0]).Value.Value.Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void Real_samples_show_that_an_interval_holds_where_generated_ones_cannot()
    {
        using var scope = NewDisposeScope();
        const int Repeats = 40;
        var (real, fake, first) = new GaussianPair(1, 1, 0, 1).Draw(Repeats, 2_000, seed: 4);
        var (alone, withReal, message) = (0, 0, "");
        for (var row = 0; row < Repeats; row++)
        {
            alone += Given(() => ImportanceSampling.Expectation(first[row], fake[row]), ref message);
            withReal += Given(() => ImportanceSampling.Expectation(first[row], fake[row], real[row]), ref message);
        }

        alone.Should().BeLessThan(Repeats * 3 / 4);
        withReal.Should().BeGreaterThan(Repeats * 9 / 10);
        message.Should().Contain("log ratios at real samples would show it better");

        static int Given(Action expectation, ref string message)
        {
            try
            {
                expectation();
                return 1;
            }
            catch (DiagnosticRefusedException refused)
            {
                message += refused.Message;
                return 0;
            }
        }
    }

    [Fact]
    public void Effective_samples_count_equal_weights_fully_and_one_weight_once()
    {
        using var scope = NewDisposeScope();

        ImportanceSampling.EffectiveSamples(full(500, 700.0)).Should().BeApproximately(500, 1e-6);
        ImportanceSampling.EffectiveSamples(tensor(new[] { 2_000.0, 0, 0, 0 })).Should().BeApproximately(1, 1e-9);
        ImportanceSampling.EffectiveSamples(tensor(new[] { 0, 0, double.NegativeInfinity })).Should().BeApproximately(2, 1e-9);
    }

    [Fact]
    public void Values_and_ratios_that_cannot_be_weighed_are_refused()
    {
        using var scope = NewDisposeScope();
        Action With(Tensor values, Tensor logRatios) => () => ImportanceSampling.Expectation(values, logRatios);

        With(zeros(3), zeros(4)).Should().Throw<ArgumentException>().WithMessage("values must have shape [4] like logRatios but have shape [3].*");
        With(full(4, double.NaN), zeros(4)).Should().Throw<ArgumentException>().WithMessage("values must be finite but hold NaN or infinity.*");
        With(zeros(1), zeros(1)).Should().Throw<ArgumentException>().WithMessage("logRatios must have shape [N] with at least 2 values but has shape [1].*");
        foreach (var fault in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            With(zeros(2), full(2, fault)).Should().Throw<ArgumentException>().WithMessage("logRatios must be below +∞, not NaN, and not all −∞.*");
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var line = new NormalLine();
        void Once() => ImportanceSampling.Expectation(line.Proposal(), samples => samples.squeeze(1), 2_000);
        Once();
        var before = LiveTensors.Settled();

        Once();

        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void A_result_names_its_effective_samples() =>
        new WeightedExpectation(new Estimate(1.0021, 0.9711, 1.0331, 10_000), 4_330.2).ToString().Should().Be("1.0021 ± 0.0310 (4330 of 10000 samples effective)");
}
