using FluentAssertions;
using GanSharp.Data.Distributions;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class MixtureTests
{
    [Fact]
    public void A_density_integrates_to_1_on_the_line_and_in_the_plane()
    {
        using var scope = NewDisposeScope();
        using var line = Mixtures.Line(modes: 3, spacing: 2, standardDeviation: 0.4);
        using var plane = new GaussianMixture([new Gaussian([0, 1], new[,] { { 1, 0.6 }, { 0.6, 0.5 } }), new Gaussian([-1, 0], 0.3)], [1, 3]);
        var x = linspace(-8, 8, 801, float64);
        var points = stack([x.repeat_interleave(801), x.repeat(801)], 1);

        (line.LogDensity(x.unsqueeze(1)).exp().sum().item<double>() * 0.02).Should().BeApproximately(1, 1e-10);
        (plane.LogDensity(points).exp().sum().item<double>() * 0.02 * 0.02).Should().BeApproximately(1, 1e-10);
    }

    [Fact]
    public void The_log_density_of_a_normal_is_the_known_formula_and_finite_far_out()
    {
        using var scope = NewDisposeScope();
        using var normal = new GaussianMixture([new Gaussian([1, -2, 0], 0.5)]);
        var points = tensor(new[,] { { 1.0, -2, 0 }, { 2, -2, 0 }, { 1e4, 0, 0 } });

        var density = normal.LogDensity(points).data<double>().ToArray();

        var peak = -3 * Math.Log(0.5 * Math.Sqrt(2 * Math.PI));
        density[0].Should().BeApproximately(peak, 1e-12);
        density[1].Should().BeApproximately(peak - 2, 1e-12);
        density[2].Should().BeLessThan(-1e8);
    }

    [Fact]
    public void Samples_follow_the_density()
    {
        using var scope = NewDisposeScope();
        using var mixture = new GaussianMixture([new Gaussian([2, 0], new[,] { { 1, 0.8 }, { 0.8, 1 } }), new Gaussian([-2, 0], 0.1)], [3, 1]);

        var samples = mixture.Draw(seed: 1, position: 0, count: 100_000).Samples.to(float64);
        var right = samples[samples[.., 0] > -1];

        ((double)right.shape[0] / 100_000).Should().BeApproximately(0.75, 0.01);
        right.mean([0]).data<double>().ToArray().Zip([2.0, 0], (found, wanted) => Math.Abs(found - wanted)).Max().Should().BeLessThan(0.02);
        right.T.cov()[0, 1].item<double>().Should().BeApproximately(0.8, 0.02);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(5)]
    public void A_ring_has_as_many_distinct_modes_as_it_says(int modes)
    {
        using var ring = Mixtures.Ring(modes);

        ring.Components.Select(mode => (Math.Round(mode.Mean[0], 9), Math.Round(mode.Mean[1], 9))).Should().OnlyHaveUniqueItems().And.HaveCount(modes);
        ring.Components.Should().OnlyContain(mode => Math.Abs(Math.Sqrt(mode.Mean[0] * mode.Mean[0] + mode.Mean[1] * mode.Mean[1]) - 1) < 1e-12);
    }

    [Fact]
    public void A_grid_is_centered_and_evenly_spaced()
    {
        using var grid = Mixtures.Grid();

        grid.Components.Should().HaveCount(25);
        grid.Components.Select(mode => mode.Mean[0]).Distinct().Order().Should().Equal(-4, -2, 0, 2, 4);
    }

    [Fact]
    public void A_draw_is_a_function_of_seed_and_position_and_the_held_out_stream_is_another()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        bool Same(Tensor left, Tensor right) => left.equal(right).all().item<bool>();

        Same(ring.Draw(1, 64, 32).Samples, ring.Draw(1, 64, 32).Samples).Should().BeTrue();
        Same(ring.Draw(1, 64, 32).Samples, ring.Draw(1, 96, 32).Samples).Should().BeFalse();
        Same(ring.Draw(1, 64, 32).Samples, ring.Draw(2, 64, 32).Samples).Should().BeFalse();
        Same(ring.Draw(1, 64, 32).Samples, ring.HeldOut.Draw(1, 64, 32).Samples).Should().BeFalse();
        ring.Count.Should().BeNull();
    }

    [Fact]
    public void What_is_no_distribution_is_refused_by_name()
    {
        Refusing(() => new Gaussian(0, 0)).WithMessage("standardDeviation must be finite and above 0.*");
        Refusing(() => new Gaussian([0, 0], new[,] { { 1, 2.0 } })).WithMessage("covariance must be 2 × 2 like the mean but is 1 × 2.*");
        Refusing(() => new Gaussian([0, 0], new[,] { { 1, 0.5 }, { 0.4, 1 } })).WithMessage("covariance must be symmetric but [1, 0] is 0.4 and [0, 1] is 0.5.*");
        Refusing(() => new GaussianMixture([new Gaussian([0, 0], new[,] { { 1, 2.0 }, { 2, 1 } })])).WithMessage("component 0: covariance must be positive definite.*");
        Refusing(() => new GaussianMixture([])).WithMessage("components must hold at least one Gaussian but is empty.*");
        Refusing(() => new GaussianMixture([new Gaussian(0, 1), new Gaussian([0, 0], 1)])).WithMessage("components must all have dimension 1 like the first but component 1 has 2.*");
        Refusing(() => new GaussianMixture([new Gaussian(0, 1)], [double.NaN])).WithMessage("componentWeights must be finite and above 0 but weight 0 is NaN.*");
        Refusing(() => Mixtures.Ring(0)).WithMessage("*modes*");
        Refusing(() => Mixtures.Grid(spacing: double.NaN)).WithMessage("spacing must be finite and above 0.*");
    }

    [Fact]
    public void Points_of_another_dimension_are_refused()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();

        Refusing(() => ring.LogDensity(zeros(5, 3))).WithMessage("samples must have shape [N, 2] but have shape [5, 3].*");
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<ArgumentException> Refusing(Func<object> make) => make.Should().Throw<ArgumentException>();
}
