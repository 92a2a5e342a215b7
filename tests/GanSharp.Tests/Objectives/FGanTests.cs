using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Objectives;
using GanSharp.Tests.ExecutablePaper;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Objectives;

public sealed class FGanTests
{
    private static Dictionary<string, (FDivergence Divergence, Func<Tensor, Tensor> Score)> Table { get; } = new()
    {
        // The score v at which g_f(v) = f′(e^l), derived by hand.
        ["KL"] = (FDivergence.KullbackLeibler, l => l + 1),
        ["reverse KL"] = (FDivergence.ReverseKullbackLeibler, l => l),
        ["Jeffreys"] = (FDivergence.Jeffreys, l => l + 1 - (-l).exp()),
        ["Pearson"] = (FDivergence.PearsonChiSquared, l => 2 * (l.exp() - 1)),
        ["Neyman"] = (FDivergence.NeymanChiSquared, l => 2 * l),
        ["Hellinger"] = (FDivergence.SquaredHellinger, l => l / 2),
        ["JS"] = (FDivergence.JensenShannon, l => l),
        ["alpha 3"] = (FDivergence.Alpha(3), l => ((2 * l).exp() - 1) / 2),
        ["alpha 0.3"] = (FDivergence.Alpha(0.3), l => -InverseSoftplus((-0.7 * l).exp() / 0.7)),
        ["alpha -1"] = (FDivergence.Alpha(-1), l => -InverseSoftplus((-2 * l).exp() / 2)),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_best_output_states_the_ratio_and_its_loss_is_minus_the_divergence(string name)
    {
        using var scope = NewDisposeScope();
        // Close enough for every divergence to be finite.
        using var pair = new DensityPair(Mixtures.Normal(), Mixtures.Normal(0.5));
        var (divergence, score) = Table[name];
        var objective = new FGan(divergence);
        var ratio = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid);
        var scores = score(ratio).detach().requires_grad_(true);

        // Real and generated points are the same grid with different weights, so the loss is taken apart into its two sides; what a score of 0 adds cancels.
        var origin = zeros_like(scores);
        var real = objective.DiscriminatorLoss(scores, origin) - objective.DiscriminatorLoss(origin, origin);
        var fake = objective.DiscriminatorLoss(origin, scores);
        var loss = (pair.DataWeights * real + pair.GeneratorWeights * fake).sum();
        var gradient = autograd.grad([loss], [scores])[0];

        objective.Ratio.Should().Be(RatioKind.Exact);
        MaximumDifference(objective.LogDensityRatio(scores)!, ratio.clamp(-9, 9), ratio.abs().lt(9)).Should().BeLessThan(1e-6);
        gradient.abs().max().item<double>().Should().BeLessThan(1e-9, "the loss is stationary at every point");
        (-loss.item<double>()).Should().BeApproximately(divergence.Quadrature(pair.Data, pair.Generator), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_are_those_of_the_paper_and_their_gradients_those_of_finite_differences(string name)
    {
        using var scope = NewDisposeScope();
        var divergence = Table[name].Divergence;
        var (trick, saturating) = (new FGan(divergence), new FGan(divergence, isSaturating: true));
        var real = linspace(-1.5, 2, 6, float64).requires_grad_(true);
        var fake = linspace(1.6, -1.7, 6, float64).requires_grad_(true);

        MaximumDifference(trick.DiscriminatorLoss(real, fake), divergence.Conjugate(divergence.OutputActivation(fake)) - divergence.OutputActivation(real)).Should().BeLessThan(1e-12);
        MaximumDifference(trick.GeneratorLoss(fake, null), -divergence.OutputActivation(fake)).Should().Be(0);
        MaximumDifference(saturating.GeneratorLoss(fake, null), -divergence.Conjugate(divergence.OutputActivation(fake))).Should().BeLessThan(1e-12);
        FiniteDifferences.ShouldMatch(() => (trick.DiscriminatorLoss(real, fake) * linspace(1, 2, 6, float64)).sum(), real, fake);
        FiniteDifferences.ShouldMatch(() => (trick.GeneratorLoss(fake, null) * linspace(1, 2, 6, float64)).sum(), fake);
        FiniteDifferences.ShouldMatch(() => (saturating.GeneratorLoss(fake, null) * linspace(1, 2, 6, float64)).sum(), fake);
    }

    [Fact]
    public void Jensen_Shannon_is_half_of_minimax_and_of_the_non_saturating_loss()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (linspace(-4, 5, 7, float64), linspace(3, -6, 7, float64));

        var objective = new FGan(FDivergence.JensenShannon);

        MaximumDifference(objective.DiscriminatorLoss(real, fake), GanObjective.Minimax.DiscriminatorLoss(real, fake) / 2 - Math.Log(2)).Should().BeLessThan(1e-12);
        MaximumDifference(objective.GeneratorLoss(fake, null), GanObjective.NonSaturating.GeneratorLoss(fake, null) / 2 - Math.Log(2) / 2).Should().BeLessThan(1e-12);
    }

    [Theory]
    [InlineData("JS", 200)]
    [InlineData("JS", -200)]
    [InlineData("Hellinger", 60)]
    [InlineData("Neyman", 60)]
    [InlineData("reverse KL", 80)]
    [InlineData("alpha 0.3", 150)]
    [InlineData("alpha 0.3", -150)]
    [InlineData("alpha -1", 150)]
    [InlineData("Jeffreys", -1e4)]
    public void Losses_and_gradients_are_finite_in_float32_where_the_composition_would_not_be(string name, double score)
    {
        using var scope = NewDisposeScope();
        var objective = new FGan(Table[name].Divergence);
        var fake = tensor(new[] { (float)score }, requires_grad: true);

        var loss = objective.DiscriminatorLoss(zeros(1), fake);
        loss.sum().backward();

        loss.dtype.Should().Be(ScalarType.Float32);
        loss.isfinite().all().item<bool>().Should().BeTrue();
        fake.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Total_variation_says_only_which_density_is_larger()
    {
        using var scope = NewDisposeScope();
        var objective = new FGan(FDivergence.TotalVariation);

        objective.Ratio.Should().Be(RatioKind.None);
        objective.RatioRefusal.Should().Be("the best output under total variation says which density is larger, not by how much");
        objective.LogDensityRatio(zeros(2)).Should().BeNull();
        MaximumDifference(objective.DiscriminatorLoss(tensor(new[] { 1.0 }), tensor(new[] { 0.5 })), tensor(new[] { (Math.Tanh(0.5) - Math.Tanh(1)) / 2 })).Should().BeLessThan(1e-15);
        $"{objective}".Should().Be("FGan (total variation)");
    }

    [Fact]
    public void A_score_below_every_slope_has_a_ratio_of_one_in_ten_thousand()
    {
        using var scope = NewDisposeScope();

        new FGan(FDivergence.PearsonChiSquared).LogDensityRatio(tensor(new[] { -5f }))!.item<double>().Should().BeApproximately(Math.Log(1e-4), 1e-12);
        new FGan(FDivergence.Alpha(3)).LogDensityRatio(tensor(new[] { -5f }))!.item<double>().Should().BeApproximately(Math.Log(1e-4), 1e-12);
    }

    private static Tensor InverseSoftplus(Tensor y) => y + (-(-y).expm1()).log();

    private static double MaximumDifference(Tensor left, Tensor right, Tensor? where = null)
    {
        var difference = (left.detach() - right.detach()).abs();
        return (where is null ? difference : difference.masked_select(where)).max().item<double>();
    }
}
