using System.Numerics;
using FluentAssertions;
using GanSharp.Objectives;
using GanSharp.Penalties;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>The Dirac-GAN (Mescheder, Geiger, Nowozin 2018): data at 0, G a point at θ, D(x) = σ(ψx). What the two players do is known.</summary>
public sealed class DiracGameTests
{
    public static TheoryData<string, double, double, double, double> Spectra => new()
    {
        { "Minimax", 0, 0.5, 0, -0.5 },
        { "NonSaturating", 0, 0.5, 0, -0.5 },
        { "RelativisticPaired", 0, 0.5, 0, -0.5 },
        { "Wasserstein", 0, 1, 0, -1 },
        { "Hinge", 0, 1, 0, -1 },
        { "LeastSquares", 0, 0, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Spectra))]
    public void Without_a_penalty_the_flow_only_rotates(string objective, double real, double imaginary, double otherReal, double otherImaginary)
    {
        using var scope = NewDisposeScope();
        using var game = Game(0, 0, Named(objective));

        game.Eigenvalues().ShouldBe(new(real, imaginary), new(otherReal, otherImaginary));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void R1_makes_it_converge(double gamma)
    {
        using var scope = NewDisposeScope();
        using var game = Game(0, 0, GanObjective.NonSaturating, new R1(gamma));
        var root = Complex.Sqrt(gamma * gamma / 4 - 0.25);

        game.Eigenvalues().ShouldBe(-gamma / 2 + root, -gamma / 2 - root);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void R1_and_R2_together_damp_twice_as_much(double gamma)
    {
        using var scope = NewDisposeScope();
        using var game = Game(0, 0, GanObjective.RelativisticPaired, new R1(gamma), new R2(gamma));
        var root = Complex.Sqrt(gamma * gamma - 0.25);

        game.Eigenvalues().ShouldBe(-gamma + root, -gamma - root);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Noise_on_both_kinds_of_sample_damps_by_its_variance(double noise)
    {
        using var scope = NewDisposeScope();
        var (variance, signs) = (noise * noise, tensor(new[,] { { -1.0 }, { 1.0 } }));
        using var game = new Game(new DiracGenerator(0, noise), new DiracDiscriminator(0), GanObjective.Minimax)
        {
            Real = noise * signs,
            Latents = signs,
            Weights = tensor(new[] { 0.5, 0.5 }),
        };
        var root = Complex.Sqrt(variance * variance / 16 - 0.25);

        game.Eigenvalues().ShouldBe(-variance / 4 + root, -variance / 4 - root);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-0.3, 2)]
    [InlineData(3, 0.2)]
    public void The_flow_of_the_minimax_game_keeps_its_distance_from_the_solution(double position, double slope)
    {
        using var scope = NewDisposeScope();
        using var game = Game(position, slope, GanObjective.Minimax);

        // d(θ² + ψ²)/dt = 2 (θ, ψ) · velocity.
        game.Position.Zip(game.Velocity(), (value, speed) => value * speed).Sum().Should().BeApproximately(0, 1e-14);
        game.Velocity().Should().Contain(speed => Math.Abs(speed) > 0.01);
    }

    [Fact]
    public void Steps_of_both_players_at_once_move_away_by_a_known_factor()
    {
        using var scope = NewDisposeScope();
        using var minimax = Game(1e-3, 0, GanObjective.Minimax);
        using var wasserstein = Game(1, 1, new Wasserstein());
        var (minimaxBefore, wassersteinBefore) = (minimax.Radius, wasserstein.Radius);

        minimax.StepTogether(rate: 0.1);
        wasserstein.StepTogether(rate: 0.1);

        (minimax.Radius / minimaxBefore).Should().BeApproximately(Math.Sqrt(1 + 0.01 / 4), 1e-6);
        (wasserstein.Radius / wassersteinBefore).Should().BeApproximately(Math.Sqrt(1.01), 1e-12);
    }

    [Fact]
    [Equation(20, 21)]
    public void Alternating_steps_circle_the_solution_of_the_minimax_game_and_R1_reaches_it()
    {
        using var scope = NewDisposeScope();
        double RadiusAfter500(LogitObjective objective, params DiscriminatorPenalty[] penalties)
        {
            using var game = Game(1, 1, objective, penalties);
            game.Alternate(rate: 0.1, steps: 500);
            return game.Radius;
        }

        RadiusAfter500(GanObjective.Minimax).Should().BeApproximately(1.399, 5e-4);
        RadiusAfter500(new Wasserstein()).Should().BeApproximately(1.410, 5e-4);
        RadiusAfter500(GanObjective.Minimax, new R1(1)).Should().BeApproximately(1.79e-8, 1e-10);
    }

    private static Game Game(double position, double slope, LogitObjective objective, params DiscriminatorPenalty[] penalties) =>
        new(new DiracGenerator(position), new DiracDiscriminator(slope), objective, penalties)
        {
            Real = zeros(1, 1, float64),
            Latents = zeros(1, 1, float64),
            Weights = ones(1, float64),
        };

    private static LogitObjective Named(string name) => name switch
    {
        "Minimax" => GanObjective.Minimax,
        "NonSaturating" => GanObjective.NonSaturating,
        "RelativisticPaired" => GanObjective.RelativisticPaired,
        "Wasserstein" => new Wasserstein(),
        "Hinge" => new Hinge(),
        _ => new LeastSquares(),
    };

    private sealed class Wasserstein : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => fake - real;

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
    }

    private sealed class Hinge : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => functional.relu(1 - real) + functional.relu(1 + fake);

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
    }

    private sealed class LeastSquares : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
    }
}
