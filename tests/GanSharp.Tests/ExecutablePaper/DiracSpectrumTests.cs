using System.Numerics;
using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Divergences;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Penalties.Weights;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>
/// The Dirac-GAN under the objectives and penalties of the literature, by the eigenvalues of its flow at the solution (Mescheder, Geiger, Nowozin 2018): a negative real part converges,
/// 0 circles, a positive one diverges.
/// </summary>
public sealed class DiracSpectrumTests
{
    // D's loss has the slope a in the generated logit at 0, G's the slope −b: the flow (θ, ψ)′ = (bψ, −aθ) has the eigenvalues ± i √(ab).
    private static Dictionary<string, (LogitObjective Objective, double A, double B)> Rotations { get; } = new()
    {
        ["KL"] = (new FGan(FDivergence.KullbackLeibler), Math.Exp(-1), 1),
        ["KL, saturating"] = (new FGan(FDivergence.KullbackLeibler, isSaturating: true), Math.Exp(-1), Math.Exp(-1)),
        ["reverse KL"] = (new FGan(FDivergence.ReverseKullbackLeibler), 1, 1),
        ["Jeffreys"] = (new FGan(FDivergence.Jeffreys), 1, 1),
        ["Pearson"] = (new FGan(FDivergence.PearsonChiSquared), 1, 1),
        ["Neyman"] = (new FGan(FDivergence.NeymanChiSquared), 1, 1),
        ["Hellinger"] = (new FGan(FDivergence.SquaredHellinger), 1, 1),
        ["total variation"] = (new FGan(FDivergence.TotalVariation), 0.5, 0.5),
        ["Jensen-Shannon"] = (new FGan(FDivergence.JensenShannon), 0.25, 0.25),
        ["relativistic average"] = (new RelativisticAverage(), 1, 1),
        ["one-sided smoothing"] = (new LabelSmoothing(0.9), 0.5, 0.5),
        ["two-sided smoothing"] = (new LabelSmoothing(0.9, 0.2), 0.3, 0.5),
        ["hinge"] = (new Hinge(), 1, 1),
        ["Wasserstein"] = (new Wasserstein(), 1, 1),
        ["least squares around 0"] = (new LeastSquares(-1, 1), 2, 2),
        ["least squares, G aims at the middle"] = (new LeastSquares(-1, 1, 0), 2, 0),
        // G aims at what D says of generated samples: it moves away from the data.
        ["least squares, G aims at the wrong side"] = (new LeastSquares(-1, 1, -1), 2, -2),
    };

    public static TheoryData<string> Objectives => [.. Rotations.Keys];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Without_a_penalty_the_eigenvalues_are_the_roots_of_minus_the_product_of_both_slopes(string name)
    {
        using var scope = NewDisposeScope();
        var (objective, a, b) = Rotations[name];
        using var game = Game(0, 0, objective);
        var root = Complex.Sqrt(-a * b);

        game.Eigenvalues().ShouldBe(root, -root);
    }

    // A penalty c ψ² + … turns Wasserstein's flow into (ψ, −θ − 2cψ), with the eigenvalues −c ± √(c² − 1).
    private static Dictionary<string, (Func<DiscriminatorPenalty> Make, double C)> Penalties { get; } = new()
    {
        ["R1"] = (() => new R1(0.6), 0.3),
        ["R2"] = (() => new R2(0.6), 0.3),
        ["maximum gradient"] = (() => new MaximumGradientPenalty(0.3), 0.3),
        ["overdamped"] = (() => new MaximumGradientPenalty(2), 2),
        // (l(x) − l(x + ½))² = ψ²/4.
        ["CR"] = (() => new ConsistencyRegularization(new Shift(0.5), 1), 0.25),
        ["bCR"] = (() => new BalancedConsistencyRegularization(new Shift(0.5), 1, 2), 0.75),
        // A slope below 1 is left alone.
        ["WGAN-LP"] = (() => new WassersteinLipschitzPenalty(10), 0),
        // The means are constants at which both logits already are.
        ["LeCam"] = (() => new LeCam(1), 0),
    };

    public static TheoryData<string> PenaltyNames => [.. Penalties.Keys];

    [Theory]
    [MemberData(nameof(PenaltyNames))]
    public void A_penalty_damps_by_its_curvature_in_the_slope(string name)
    {
        using var scope = NewDisposeScope();
        var (make, c) = Penalties[name];
        using var game = Game(0, 0, GanObjective.Wasserstein, make());
        var root = Complex.Sqrt(c * c - 1);

        game.Eigenvalues().ShouldBe(-c + root, -c - root);
    }

    [Fact]
    public void Latent_consistency_damps_by_how_far_moved_latents_move_the_sample()
    {
        using var scope = NewDisposeScope();
        // G(z) = θ + 2z, so that (l(G(z)) − l(G(z + σn)))² = 4 σ² n² ψ².
        using var game = new Game(new DiracGenerator(0, noise: 2), new DiracDiscriminator(0), GanObjective.Wasserstein, new LatentConsistency(1, deviation: 0.4))
        {
            Real = zeros(1, 1, float64),
            Latents = zeros(1, 1, float64),
            Weights = ones(1, float64),
        };
        using var random = new Generator(3);
        var c = 4 * Math.Pow(0.4 * randn(1, dtype: float64, generator: random).item<double>(), 2);
        var root = Complex.Sqrt(c * c - 1);

        game.Eigenvalues().ShouldBe(-c + root, -c - root);
    }

    [Fact]
    public void Alternating_steps_reach_the_solution_circle_it_or_stay_near_the_slope_that_a_penalty_asks_for()
    {
        using var scope = NewDisposeScope();
        (double Radius, double Slope) After400(params DiscriminatorPenalty[] penalties)
        {
            using var game = Game(1, 1, GanObjective.Wasserstein, penalties);
            game.Alternate(rate: 0.1, steps: 400);
            return (game.Radius, Math.Abs(game.Position[1]));
        }

        After400(new MaximumGradientPenalty(0.5)).Radius.Should().BeLessThan(1e-6);
        After400(new ConsistencyRegularization(new Shift(1), 0.5)).Radius.Should().BeLessThan(1e-6);
        // The mean of all weights before comes to rest where the weights circle, and then draws them in: slowly, since it moves slowly.
        After400(new DiscriminatorHistoricalAveraging(0.5)).Radius.Should().BeLessThan(0.05);
        After400().Radius.Should().BeInRange(1, 2, "it circles");
        // A slope of 1 in all directions has no place where the gradient that G sees vanishes (theorem 4.1's exception in Mescheder et al. 2018).
        After400(new WassersteinGradientPenalty(1)).Radius.Should().BeGreaterThan(0.05);
        After400(new Dragan(1)).Radius.Should().BeGreaterThan(0.05);
        After400(new WassersteinLipschitzPenalty(1)).Radius.Should().BeInRange(0.9, 1.1, "it circles where slopes are below 1");
    }

    private static Game Game(double position, double slope, LogitObjective objective, params DiscriminatorPenalty[] penalties) =>
        new(new DiracGenerator(position), new DiracDiscriminator(slope), objective, penalties)
        {
            Real = zeros(1, 1, float64),
            Latents = zeros(1, 1, float64),
            Weights = ones(1, float64),
        };

    private sealed class Shift(double distance) : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) => samples + distance;
    }
}
