using System.Numerics;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Objectives;
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

    private static Game Game(double scale, double mean)
    {
        using var normal = Mixtures.Normal();
        var points = arange(-8.5, 8.5, 0.1, float64).unsqueeze(1);
        var generator = new AffineGenerator(mean, scale);
        generator.to(float64);
        return new(generator, new QuadraticDiscriminator(0, 0, 0), GanObjective.Minimax)
        {
            Real = points,
            Latents = points,
            Weights = normal.LogDensity(points).exp() * 0.1,
        };
    }
}
