using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

public sealed class ModeCoverageTests
{
    [Fact]
    public void The_data_itself_reaches_the_ceiling()
    {
        using var scope = NewDisposeScope();
        using var grid = Mixtures.Grid();

        var coverage = ModeCoverage.Measure(grid.Draw(0, 0, 50_000).Samples, grid);

        coverage.ModesHit.Should().Be(25);
        coverage.HighQualityFraction.Should().BeApproximately(1 - Math.Exp(-4.5), 0.002);
        coverage.ReverseKullbackLeibler.Should().BeApproximately(24 / (2.0 * 50_000), 2e-4);
    }

    [Fact]
    public void Modes_that_are_not_round_or_not_equally_likely_are_refused()
    {
        using var ring = Mixtures.Ring();
        using var unequal = new GaussianMixture(ring.Components, [.. Enumerable.Range(1, ring.Components.Count).Select(weight => (double)weight)]);
        using var samples = zeros(3, 2);

        FluentActions.Invoking(() => ModeCoverage.Measure(samples, unequal)).Should().Throw<ArgumentException>().WithMessage("mixture must have equally likely, round modes*");
    }

    [Fact]
    public void Dropped_modes_cost_the_log_of_their_share()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        using var half = new GaussianMixture([.. ring.Components.Take(4)]);

        var coverage = ModeCoverage.Measure(half.Draw(0, 0, 20_000).Samples, ring);

        coverage.ModesHit.Should().Be(4);
        coverage.ReverseKullbackLeibler.Should().BeApproximately(Math.Log(2), 1e-3);
    }

    [Fact]
    public void Samples_far_from_every_mode_hit_none()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();

        ModeCoverage.Measure(full([10, 2], 9f), ring).Should().Be(new ModeCoverage(0, 8, 0, double.PositiveInfinity));
    }

    [Fact]
    public void Samples_of_another_dimension_are_refused()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        var measure = () => ModeCoverage.Measure(zeros(10, 3), ring);

        measure.Should().Throw<ArgumentException>().WithMessage("samples must have shape [N, 2] but have shape [10, 3].*");
    }
}
