using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

public sealed class CoverageTests
{
    [Fact]
    public void Real_samples_cover_all_but_a_half_to_the_fifth()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();

        var measured = Enumerable.Range(0, 40).Select(seed => Measure(ring, ring, seed)).ToArray();

        // Of 2n other samples the five nearest all lie on one side with about 2⁻⁵; a standard error of 0.0015 each way.
        measured.Average(one => one.OfReal).Should().BeApproximately(1 - 1 / 32.0, 0.006);
        measured.Average(one => one.Value).Should().BeApproximately(1 - 1 / 32.0, 0.006);
        measured.Should().OnlyContain(one => one.Regions == 1 && one.SampleCount == 500);
    }

    [Fact]
    public void A_perfect_generator_falls_below_the_range_once_in_forty_times()
    {
        using var scope = NewDisposeScope();
        using var grid = Mixtures.Grid();

        var below = Enumerable.Range(0, 200).Count(seed => Measure(grid, grid, seed).IsBelowData);

        // 2.5% of 200, and four standard errors of 2.2.
        below.Should().BeLessThanOrEqualTo(13);
    }

    [Theory]
    [InlineData(7, 0.86)]
    [InlineData(4, 0.5)]
    [InlineData(1, 0.125)]
    public void What_is_dropped_is_what_isn_t_covered(int modes, double share)
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        using var part = new GaussianMixture([.. ring.Components.Take(modes)]);

        var coverage = Measure(ring, part, seed: 0);

        coverage.Regions.Should().BeApproximately(share, 0.05);
        coverage.Value.Should().BeApproximately(share, 0.06);
        coverage.IsBelowData.Should().BeTrue();
        coverage.Precision.Should().BeGreaterThan(0.95, "what is made lies where data lies");
    }

    [Fact]
    public void A_generator_that_is_too_narrow_in_each_mode_reaches_every_region()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        using var narrow = Mixtures.Ring(standardDeviation: 0.01 / 3);

        var coverage = Measure(ring, narrow, seed: 0);

        coverage.IsBelowData.Should().BeTrue();
        coverage.Value.Should().BeLessThan(0.75);
        coverage.Regions.Should().BeGreaterThan(0.85);
    }

    [Fact]
    public void Large_samples_are_projected_and_still_compared()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var (real, fake) = (randn(1_000, 1, 40, 40), randn(500, 1, 40, 40));

        var same = Coverage.Measure(real, fake);
        var shifted = Coverage.Measure(real, fake + 3);

        same.IsBelowData.Should().BeFalse(same.ToString());
        (shifted.Value, shifted.IsBelowData).Should().Be((0, true));
        Coverage.Measure(real, fake).Should().Be(same, "the same samples and seed give the same numbers");
    }

    [Fact]
    public void Samples_that_can_t_be_compared_are_refused()
    {
        using var scope = NewDisposeScope();
        var few = () => Coverage.Measure(randn(10, 2), randn(10, 2));
        var others = () => Coverage.Measure(randn(40, 2), randn(40, 3));

        few.Should().Throw<ArgumentException>().WithMessage("real must hold at least 12 samples, and fake half as many, but they hold 10 and 10.*");
        others.Should().Throw<ArgumentException>().WithMessage("fake must hold samples of shape [2] like real but holds samples of shape [3].*");
    }

    private static Coverage Measure(GaussianMixture data, GaussianMixture generator, int seed)
    {
        using var scope = NewDisposeScope();
        // Positions that never meet keep the two sides independent.
        return Coverage.Measure(data.Draw(seed, 0, 1_000).Samples, generator.Draw(seed, 100_000, 500).Samples, seed);
    }
}
