using System.Numerics;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>The smallest game in which equations 20 and 21 learn a density: data N(0, 1), G(z) = a z + b, D's logit a quadratic.</summary>
public sealed class LinearQuadraticGameTests
{
    [Fact]
    public void The_flow_converges_at_known_rates()
    {
        using var scope = NewDisposeScope();
        using var game = Game(scale: 1, mean: 0);
        var quarter = new Complex(-0.25, Math.Sqrt(3) / 4);
        var half = new Complex(-0.5, 0.5);

        game.Velocity().Should().OnlyContain(speed => Math.Abs(speed) < 1e-12);
        var eigenvalues = game.Eigenvalues();

        var expected = new[] { -1, Complex.Conjugate(half), half, Complex.Conjugate(quarter), quarter };
        eigenvalues.Should().HaveCount(5);
        eigenvalues.Zip(expected, (found, wanted) => (found - wanted).Magnitude).Max().Should().BeLessThan(1e-6);
    }

    [Fact]
    [Equation(20, 21)]
    public void Alternating_steps_learn_the_density_of_the_data()
    {
        using var scope = NewDisposeScope();
        using var game = Game(scale: 2, mean: 2);

        game.Alternate(rate: 0.1, steps: 500);

        // AffineGenerator's parameters are its mean b and its scale a.
        game.Position[1].Should().BeApproximately(1.000000, 5e-7);
        game.Position[0].Should().BeApproximately(1.29e-5, 1e-7);
    }

    [Fact]
    public void Steps_of_both_players_at_once_learn_it_too()
    {
        using var scope = NewDisposeScope();
        using var game = Game(scale: 2, mean: 2);

        for (var step = 0; step < 500; step++)
            game.StepTogether(rate: 0.1);

        game.Position[1].Should().BeApproximately(1.000000, 5e-7);
        game.Position[0].Should().BeApproximately(2.58e-5, 1e-7);
    }

    [Fact]
    public void The_f_GAN_of_Jensen_Shannon_is_half_as_fast_as_the_original_game()
    {
        using var scope = NewDisposeScope();
        using var game = Game(scale: 1, mean: 0, new FGan(FDivergence.JensenShannon));
        using var original = Game(scale: 1, mean: 0, GanObjective.NonSaturating);

        game.Eigenvalues().Zip(original.Eigenvalues(), (found, whole) => (found - whole / 2).Magnitude).Max().Should().BeLessThan(1e-6);
    }

    // D's quadratic holds the best output of each; its constant is the score of a ratio of 1.
    public static TheoryData<string, double> Divergences => new()
    {
        { nameof(FDivergence.KullbackLeibler), 1 }, { nameof(FDivergence.ReverseKullbackLeibler), 0 }, { nameof(FDivergence.Jeffreys), 0 }, { nameof(FDivergence.PearsonChiSquared), 0 },
        { nameof(FDivergence.NeymanChiSquared), 0 }, { nameof(FDivergence.SquaredHellinger), 0 }, { nameof(FDivergence.JensenShannon), 0 },
    };

    [Theory]
    [MemberData(nameof(Divergences))]
    public void The_flow_of_every_f_GAN_converges(string name, double score)
    {
        using var scope = NewDisposeScope();
        var divergence = (FDivergence)typeof(FDivergence).GetProperty(name)!.GetValue(null)!;
        using var game = Game(scale: 1, mean: 0, new FGan(divergence), [], score);

        game.Velocity().Should().OnlyContain(speed => Math.Abs(speed) < 1e-10);
        game.Eigenvalues().Should().OnlyContain(eigenvalue => eigenvalue.Real < -0.01);
    }

    [Fact]
    public void A_critic_circles_and_a_bound_of_its_slope_makes_the_game_converge()
    {
        using var scope = NewDisposeScope();
        using var free = Game(scale: 1, mean: 0, GanObjective.Wasserstein);
        using var bounded = Game(scale: 1, mean: 0, GanObjective.Wasserstein, [new R1(1)]);
        using var least = Game(scale: 1, mean: 0, new LeastSquares(-1, 1));
        using var average = Game(scale: 1, mean: 0, new LabelSmoothing(0.9, 0.1));

        free.Eigenvalues().Should().OnlyContain(eigenvalue => Math.Abs(eigenvalue.Real) < 1e-6);
        // A constant of the critic changes nothing; everything else converges.
        bounded.Eigenvalues().Count(eigenvalue => eigenvalue.Magnitude < 1e-6).Should().Be(1);
        bounded.Eigenvalues().Count(eigenvalue => eigenvalue.Real < -0.05).Should().Be(4);
        least.Eigenvalues().Should().OnlyContain(eigenvalue => eigenvalue.Real < -0.05);
        average.Eigenvalues().Should().OnlyContain(eigenvalue => eigenvalue.Real < -0.05);
    }

    private static Game Game(double scale, double mean, LogitObjective? objective = null, DiscriminatorPenalty[]? penalties = null, double constant = 0)
    {
        using var normal = Mixtures.Normal();
        var points = arange(-8.5, 8.5, 0.1, float64).unsqueeze(1);
        var generator = new AffineGenerator(mean, scale);
        generator.to(float64);
        return new(generator, new QuadraticDiscriminator(constant, 0, 0), objective ?? GanObjective.Minimax, penalties ?? [])
        {
            Real = points,
            Latents = points,
            Weights = normal.LogDensity(points).exp() * 0.1,
        };
    }
}
