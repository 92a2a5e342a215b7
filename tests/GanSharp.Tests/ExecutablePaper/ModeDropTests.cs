using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using Xunit;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>What a generator pays in divergence for the modes it leaves out.</summary>
public sealed class ModeDropTests
{
    [Theory]
    [InlineData(8, 1, 0.496929126648)]
    [InlineData(8, 2, 0.380395665849)]
    [InlineData(8, 4, 0.215761554339)]
    [InlineData(8, 6, 0.095602588947)]
    [InlineData(8, 7, 0.0454065780782)]
    [InlineData(25, 1, 0.608374893223)]
    [InlineData(25, 5, 0.42281045524)]
    [InlineData(25, 15, 0.163896590034)]
    [InlineData(25, 24, 0.0140670394126)]
    public void It_depends_only_on_the_share_of_modes_kept(int modes, int kept, double expected)
    {
        using var data = Mixtures.Line(modes, spacing: 2, standardDeviation: 0.05);
        using var generator = new GaussianMixture([.. data.Components.Take(kept)]);
        var share = kept / (double)modes;

        JensenShannon.Quadrature(data, generator).Should().BeApproximately(expected, 1e-10);
        // Where G has mass the ratio is the share kept; elsewhere only the data has.
        var closedForm = (share * Math.Log(2 * share / (1 + share)) + (1 - share) * Math.Log(2) + Math.Log(2 / (1 + share))) / 2;
        closedForm.Should().BeApproximately(expected, 1e-11);
    }

    [Fact]
    public void One_of_the_25_modes_of_the_grid_costs_what_theory_says()
    {
        using var grid = Mixtures.Grid(spacing: 0.8);
        using var part = new GaussianMixture([.. grid.Components.Take(24)]);

        JensenShannon.Quadrature(grid, part).Should().BeApproximately(0.0140670394126, 1e-8);
    }
}
