using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class JensenShannonTests
{
    // Thirty-digit quadrature, rounded: JSD of N(0, 1) and N(mean, standardDeviation²).
    [Theory]
    [InlineData(0.1, 1, 0.0012484401)]
    [InlineData(0.5, 1, 0.0303113005)]
    [InlineData(1, 1, 0.1114214822)]
    [InlineData(2, 1, 0.3368308203)]
    [InlineData(3, 1, 0.5267773065)]
    [InlineData(6, 1, 0.6892979330)]
    [InlineData(0, 2, 0.0927333817)]
    [InlineData(0, 0.5, 0.0927333817)]
    [InlineData(1, 2, 0.1281749731)]
    [InlineData(2, 0.5, 0.4743074112)]
    public void Quadrature_agrees_with_the_reference_values(double mean, double standardDeviation, double expected)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(mean, standardDeviation);

        JensenShannon.Quadrature(data, generator).Should().BeApproximately(expected, 1e-10);
        JensenShannon.Quadrature(generator, data).Should().BeApproximately(expected, 1e-10);
    }

    [Fact]
    public void Quadrature_in_the_plane_agrees_with_the_reference_value()
    {
        using var round = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var correlated = new GaussianMixture([new Gaussian([0, 0], new[,] { { 1, 0.8 }, { 0.8, 1 } })]);

        JensenShannon.Quadrature(round, correlated).Should().BeApproximately(0.1336440233, 1e-9);
    }

    [Theory]
    [InlineData(7, 0.0454065781)]
    [InlineData(4, 0.2157615543)]
    [InlineData(1, 0.4969291266)]
    public void Dropping_modes_of_a_ring_costs_what_theory_says(int modesKept, double expected)
    {
        using var ring = Mixtures.Ring(modes: 8, standardDeviation: 0.05);
        using var part = new GaussianMixture([.. ring.Components.Take(modesKept)]);

        JensenShannon.Quadrature(ring, part).Should().BeApproximately(expected, 1e-6);
    }

    [Fact]
    public void Quadrature_of_equal_densities_is_0_and_of_distant_ones_ln_2()
    {
        using var here = Mixtures.Normal();
        using var far = Mixtures.Normal(40);

        JensenShannon.Quadrature(here, here).Should().BeApproximately(0, 1e-14);
        JensenShannon.Quadrature(here, far).Should().BeApproximately(Math.Log(2), 1e-12);
    }

    [Fact]
    public void More_than_two_dimensions_are_refused_with_the_way_out()
    {
        using var cube = new GaussianMixture([new Gaussian([0, 0, 0], 1)]);
        var quadrature = () => JensenShannon.Quadrature(cube, cube);

        quadrature.Should().Throw<NotSupportedException>()
            .WithMessage("Quadrature is for 1 or 2 dimensions but the densities have 3; use a Monte Carlo estimate.");
    }

    [Fact]
    public void The_bound_of_a_discriminator_that_knows_nothing_is_0()
    {
        using var scope = NewDisposeScope();

        JensenShannon.Bound(zeros(100), zeros(50)).Should().Be(new Estimate(0, 0, 0, 50));
    }

    [Fact]
    public void The_bound_of_a_discriminator_that_is_always_right_is_ln_2_and_finite()
    {
        using var scope = NewDisposeScope();

        JensenShannon.Bound(full(100, 1e4f), full(100, -1e4f)).Value.Should().Be(JensenShannon.Maximum);
        JensenShannon.Bound(full(100, -1e4f), full(100, 1e4f)).Value.Should().BeApproximately(-1e4 + JensenShannon.Maximum, 1e-9);
    }

    [Fact]
    public void The_interval_covers_the_truth_as_often_as_it_says()
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        const int Repetitions = 1_000;

        var hits = Enumerable.Range(0, Repetitions).Count(repetition =>
        {
            using var scope = NewDisposeScope();
            var (real, fake) = (data.Draw(repetition, 0, 500).Samples, generator.Draw(repetition + 50_000, 0, 500).Samples);
            var bound = JensenShannon.Bound(DensityRatio.Log(data, generator, real), DensityRatio.Log(data, generator, fake));
            return bound.Lower <= 0.1114214822 && 0.1114214822 <= bound.Upper;
        });

        // 95% of 1,000 within four standard errors of 6.9.
        hits.Should().BeInRange(950 - 28, 950 + 28);
    }

    [Fact]
    public void No_discriminator_exceeds_the_true_divergence()
    {
        using var scope = NewDisposeScope();
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);
        var (real, fake) = (data.Draw(1, 0, 200_000).Samples, generator.Draw(2, 0, 200_000).Samples);
        var (realRatio, fakeRatio) = (DensityRatio.Log(data, generator, real), DensityRatio.Log(data, generator, fake));
        var best = JensenShannon.Bound(realRatio, fakeRatio);

        best.Value.Should().BeApproximately(0.1114214822, 0.002);
        foreach (var (scale, shift) in new[] { (0.5, 0.0), (2, 0), (1, 0.5), (1, -1), (-1, 0) })
            JensenShannon.Bound(realRatio * scale + shift, fakeRatio * scale + shift).Value.Should().BeLessThan(best.Value);
    }

    [Fact]
    public void One_sample_has_no_interval()
    {
        var bound = () => JensenShannon.Bound(zeros(1), zeros(5));

        bound.Should().Throw<ArgumentException>().WithMessage("An interval needs at least 2 samples a side but got 1 real and 5 generated.*");
    }

    [Fact]
    public void The_bound_of_a_network_is_refused_where_it_would_be_a_lie()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(100, 2)).Split(0.5);
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        Action Bound(Dataset read, GanObjective? objective = null) => () => JensenShannon.Bound(discriminator, read, generator, objective: objective);

        Bound(data).Should().Throw<DiagnosticRefusedException>().WithMessage("'tensor data' is what D was trained on*Pass its HeldOut.");
        Bound(data.HeldOut!, GanObjective.Wasserstein).Should().Throw<DiagnosticRefusedException>().WithMessage("No divergence can be read from the logits of Wasserstein, because a Wasserstein critic's score*");
        Bound(data.HeldOut!, new LabelSmoothing()).Should().Throw<DiagnosticRefusedException>().WithMessage("*smoothed labels*");
        Bound(data.HeldOut!, GanObjective.RelativisticPaired).Should().Throw<DiagnosticRefusedException>().WithMessage("*up to a constant*PlattScaling*");
        Bound(data.HeldOut!, GanObjective.LeastSquares).Should().NotThrow();
        Bound(data.HeldOut!).Should().NotThrow();
    }

    [Fact]
    public void The_bound_on_what_a_trainer_trains_on_is_refused_though_nothing_was_set_aside()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(100, 2));
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        using var trainer = new GanTrainer(generator, discriminator, data);
        using var fresh = new InMemoryDataset(randn(100, 2));
        Action Bound(Dataset read) => () => JensenShannon.Bound(discriminator, read, generator);

        Bound(data).Should().Throw<DiagnosticRefusedException>().WithMessage("'tensor data' is what a trainer trains on and has no held-out part*Set a part of it aside before training*InMemoryDataset.Split.");
        Bound(fresh).Should().NotThrow();
    }
}
