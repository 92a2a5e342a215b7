using FluentAssertions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Estimates;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class RatioConsistencyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    public void The_intervals_cover_1_at_the_optimum_and_trust_it(double shift)
    {
        using var scope = NewDisposeScope();
        const int Repeats = 1_000;
        var (real, fake) = ShiftedNormals.LogRatios(shift, Repeats, 1_000, 1_000);
        var all = Measure(real, fake);
        double Share(Func<RatioConsistency, bool> condition) => (double)all.Count(condition) / Repeats;
        var (ratio, inverse, trusted) = (Share(one => Covers(one.MeanRatio)), Share(one => Covers(one.MeanInverseRatio)), Share(one => one.IsTrusted));
        output.WriteLine($"E[r] {ratio:0.000}, E[1/r] {inverse:0.000}, trusted {trusted:0.000}");

        ratio.Should().BeInRange(0.93, 0.97);
        inverse.Should().BeInRange(0.93, 0.97);
        trusted.Should().BeInRange(0.86, 0.94);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0.5, 0)]
    [InlineData(1, 0.3)]
    [InlineData(1, -0.3)]
    public void Logits_that_are_scaled_or_shifted_are_reported_as_off(double scale, double shift)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 100, 2_000, 2_000);
        var all = Measure(real * scale + shift, fake * scale + shift);

        all.Count(one => one.IsTrusted).Should().BeLessThanOrEqualTo(1);
        all.Count(one => one.Reason.Contains("not 1") || one.Reason.Contains("effective")).Should().BeGreaterThanOrEqualTo(99);
    }

    [Fact]
    public void The_effective_share_tends_to_one_over_one_plus_chi_squared()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 1, real: 100_000, fake: 50_000);
        var consistency = RatioConsistency.Measure(real, fake);

        // χ² = e^(shift²) − 1 either way.
        consistency.RatioEffectiveShare.Should().BeApproximately(Math.Exp(-1), 0.03);
        consistency.InverseRatioEffectiveShare.Should().BeApproximately(Math.Exp(-1), 0.03);
        consistency.RatioEffectiveSamples.Should().BeApproximately(50_000 * consistency.RatioEffectiveShare, 1e-6);
        consistency.IsTrusted.Should().BeTrue();
        consistency.Reason.Should().Be("Both means agree with 1, as they must for a density ratio.");
    }

    [Fact]
    public void Distributions_too_far_apart_for_a_verdict_are_not_trusted_with_the_reason()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(3, 2_000);
        var consistency = RatioConsistency.Measure(real, fake);

        consistency.IsTrusted.Should().BeFalse();
        consistency.Reason.Should().StartWith("E_pg[r] rests on ").And.Contain(" effective of 2000 generated samples, fewer than 100: ");
    }

    [Fact]
    public void Even_logits_whose_exponential_overflows_get_a_verdict()
    {
        using var scope = NewDisposeScope();
        var consistency = RatioConsistency.Measure(full(500, 2e3f), full(500, 2e3f));

        consistency.IsTrusted.Should().BeFalse();
        consistency.RatioEffectiveSamples.Should().BeApproximately(500, 1e-6);
    }

    [Fact]
    public void Equal_weights_are_trusted_because_consistency_is_necessary_and_not_sufficient()
    {
        using var scope = NewDisposeScope();

        RatioConsistency.Measure(zeros(500), zeros(500)).IsTrusted.Should().BeTrue();
        RatioConsistency.Measure(zeros(500), zeros(500)).ToString().Should().Be("E[r] 1.0000 ± 0.0000 (100.0% effective), E[1/r] 1.0000 ± 0.0000 (100.0% effective): a ratio");
    }

    [Theory]
    [InlineData(false, "E_pd[1/r] has no interval: the tail of e^(-1·l) over 10000 real samples is too heavy for a mean to be read from so many (Pareto k̂ = 0.*, above 0.70). Two distributions can have such tails at the true ratio, so this says nothing against D. Use Jensen-Shannon, *")]
    [InlineData(true, "*E_pg[r] has no interval: the tail of e^(1·l) over 10000 generated samples is too heavy for a mean to be read from so many (Pareto k̂ = 0.*, above 0.70). Two distributions can have such tails at the true ratio, so this says nothing against D. Use Jensen-Shannon, *")]
    public void A_true_ratio_without_variance_is_neither_trusted_nor_blamed_and_the_tail_is_named(bool wideData, string reason)
    {
        using var scope = NewDisposeScope();
        var pair = wideData ? new GaussianPair(-0.4, 1.9, 1.7, 0.8) : new GaussianPair(1.7, 0.8, -0.4, 1.9);
        var (real, fake, _) = pair.Draw(1, 10_000, seed: 2);

        var consistency = RatioConsistency.Measure(real[0], fake[0]);

        (consistency.IsTrusted, consistency.IsDecidable).Should().Be((false, false));
        consistency.Reason.Should().Match(reason);
        consistency.ToString().Should().EndWith(": can't be told");
        // 1 − s²/S² = 0.823 on the heavy side, bounded on the other.
        var (heavy, light) = wideData ? (consistency.RatioTailShape, consistency.InverseRatioTailShape) : (consistency.InverseRatioTailShape, consistency.RatioTailShape);
        heavy.Should().BeInRange(0.6, 1.1);
        light.Should().BeNegative();
    }

    [Fact]
    public void A_mean_that_is_too_high_is_blamed_on_D_whatever_the_tail()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 10_000);

        var consistency = RatioConsistency.Measure(real * 2, fake * 2);

        consistency.TailObjection.Should().NotBeNull();
        (consistency.IsTrusted, consistency.IsDecidable).Should().Be((false, true));
        consistency.Reason.Should().Contain("not 1: the logits are scaled or shifted, or D is overconfident.");
    }

    private static bool Covers(Estimate estimate) => estimate.Lower <= 1 && 1 <= estimate.Upper;

    private static RatioConsistency[] Measure(Tensor real, Tensor fake) => [.. Enumerable.Range(0, (int)real.shape[0]).Select(row =>
    {
        using var scope = NewDisposeScope();
        return RatioConsistency.Measure(real[row], fake[row]);
    })];
}
