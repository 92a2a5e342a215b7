using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class OptimalityGapTests
{
    private const double Divergence = 0.1114214822;

    [Fact]
    public void It_is_0_for_the_optimal_discriminator_and_the_whole_divergence_for_one_that_knows_nothing()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(200_000);

        var optimal = OptimalityGap.Known(Divergence, JensenShannon.Bound(real, fake));
        var blind = OptimalityGap.Known(Divergence, JensenShannon.Bound(zeros_like(real), zeros_like(fake)));

        optimal.Value.Should().BeApproximately(0, 0.002);
        optimal.Lower.Should().BeNegative();
        optimal.Upper.Should().BePositive();
        blind.Should().Be(new Estimate(Divergence, Divergence, Divergence, 200_000));
    }

    [Fact]
    public void The_paired_gap_is_the_same_number_with_a_narrower_interval()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = LogRatios(20_000);
        var (weakReal, weakFake) = (real * 0.8, fake * 0.8);
        var bound = JensenShannon.Bound(weakReal, weakFake);

        var paired = OptimalityGap.Paired(real, fake, weakReal, weakFake);

        paired.Value.Should().BeApproximately(JensenShannon.Bound(real, fake).Value - bound.Value, 1e-12);
        paired.Lower.Should().BePositive("even a gap smaller than the bound's interval is seen");
        (paired.Upper - paired.Lower).Should().BeLessThan((bound.Upper - bound.Lower) / 2);
        OptimalityGap.Paired(real, fake, real, fake).Should().Be(new Estimate(0, 0, 0, 20_000));
    }

    [Fact]
    public void The_interval_of_the_paired_gap_covers_the_truth_as_often_as_it_says()
    {
        // Monte Carlo truth of what halving the logits of D* costs.
        double truth;
        using (NewDisposeScope())
        {
            var (real, fake) = LogRatios(1_000_000, seed: 9);
            truth = OptimalityGap.Paired(real, fake, real * 0.5, fake * 0.5).Value;
        }

        var hits = Enumerable.Range(0, 400).Count(repetition =>
        {
            using var scope = NewDisposeScope();
            var (real, fake) = LogRatios(500, seed: 100 + repetition);
            var gap = OptimalityGap.Paired(real, fake, real * 0.5, fake * 0.5);
            return gap.Lower <= truth && truth <= gap.Upper;
        });

        // 95% of 400 within four standard errors of 4.4.
        hits.Should().BeInRange(380 - 18, 380 + 18);
    }

    [Fact]
    public void Against_an_auditor_it_finds_most_of_the_true_gap()
    {
        manual_seed(3);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var untrained = new MlpDiscriminator(1, 8);
        var audit = Auditor.Audit(generator, data, () => new MlpDiscriminator(1, 32, hiddenLayers: 2), new() { MaximumSteps = 400, LearningRate = 5e-3, HeldOutSamples = 20_000 });

        var gap = OptimalityGap.Measure(audit, untrained, GanObjective.Minimax, generator, data);
        var truth = OptimalityGap.Known(Divergence, JensenShannon.Bound(untrained, data.HeldOut, generator, samples: 100_000));

        gap.Value.Should().BeApproximately(truth.Value, 0.01);
        gap.SampleCount.Should().Be(10_000);
        // Calibration sets the scale and shift of logits that are known up to a constant, so less of the gap is left.
        OptimalityGap.Measure(audit, untrained, GanObjective.RelativisticPaired, generator, data).Value.Should().BeLessThan(gap.Value);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        var audit = Auditor.Audit(generator, data, () => new MlpDiscriminator(1, 8), new() { MaximumSteps = 1, HeldOutSamples = 200 });
        using (no_grad())
            generator.parameters().First().add_(0.5);

        new Action(() => OptimalityGap.Measure(audit, discriminator, GanObjective.Minimax, generator, data)).Should().Throw<DiagnosticRefusedException>()
            .WithMessage("The generator has changed since it was audited, so its samples are others. Audit it again.");
        new Action(() => OptimalityGap.Paired(zeros(3), zeros(3), zeros(2), zeros(3))).Should().Throw<ArgumentException>()
            .WithMessage("discriminatorReal must have the shape [N] of the auditor's but the shapes are [2] and [3].*");
        new Action(() => OptimalityGap.Known(0.8, default)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("divergence must lie between 0 and ln 2.*");
    }

    private static (Tensor Real, Tensor Fake) LogRatios(int count, long seed = 1)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        return (DensityRatio.Log(data, generator, data.Draw(seed, 0, count).Samples), DensityRatio.Log(data, generator, generator.Draw(seed + 1_000_000, 0, count).Samples));
    }
}
