using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>What the best logit of an objective says of ln p_d/p_g, which is what its <see cref="GanObjective.Ratio"/> claims.</summary>
public sealed class RatioKindTests
{
    [Fact]
    public void Minimax_and_non_saturating_logits_are_the_log_ratio_and_not_one_with_a_constant()
    {
        using var scope = NewDisposeScope();
        using var pair = Pair();
        var ratio = DensityRatio.Log(pair.Data, pair.Generator, pair.RealPoints);
        foreach (var objective in new[] { GanObjective.Minimax, GanObjective.NonSaturating })
        {
            objective.Ratio.Should().Be(RatioKind.Exact);
            SlopeInTheConstant(objective, pair, constant: 0).Should().BeApproximately(0, 1e-9);
            Math.Abs(SlopeInTheConstant(objective, pair, constant: 0.5)).Should().BeGreaterThan(0.05);
            objective.LogDensityRatio(ratio)!.equal(ratio).all().item<bool>().Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(10)]
    public void Relativistic_logits_are_the_log_ratio_up_to_any_constant(double constant)
    {
        using var scope = NewDisposeScope();
        using var pair = Pair();
        var (points, weights) = CoarseGrid(pair);
        var logits = (DensityRatio.Log(pair.Data, pair.Generator, points) + constant).requires_grad_(true);

        var loss = PairedLoss(logits, weights);
        var gradient = autograd.grad([loss], [logits])[0];

        GanObjective.RelativisticPaired.Ratio.Should().Be(RatioKind.UpToConstant);
        gradient.abs().max().item<double>().Should().BeLessThan(1e-9);
        // The divergence of the pair (real, generated) from the pair in the other order: that of two normals √2 apart (thirty-digit quadrature).
        (Math.Log(2) - loss.item<double>()).Should().BeApproximately(0.2013454715848, 1e-8);
    }

    [Fact]
    public void What_the_relativistic_loss_measures_is_at_least_the_divergence()
    {
        using var product = new GaussianMixture([new Gaussian([0, 1], 1)]);
        using var swapped = new GaussianMixture([new Gaussian([1, 0], 1)]);
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(1);

        JensenShannon.Quadrature(product, swapped).Should().BeApproximately(0.2013454715848, 1e-9).And
            .BeGreaterThan(JensenShannon.Quadrature(data, generator));
    }

    private static DensityPair Pair() => new(Mixtures.Normal(), Mixtures.Normal(1));

    /// <summary>Derivative of the mean loss of D in c at l = ln r + c.</summary>
    private static double SlopeInTheConstant(LogitObjective objective, DensityPair pair, double constant)
    {
        var shift = tensor(constant, requires_grad: true);
        var logits = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid) + shift;
        var certain = full_like(logits, -1e4);
        var loss = (pair.DataWeights * objective.DiscriminatorLoss(logits, certain) + pair.GeneratorWeights * objective.DiscriminatorLoss(-certain, logits)).sum();
        return autograd.grad([loss], [shift])[0].item<double>();
    }

    private static (Tensor Points, (Tensor Real, Tensor Fake) Weights) CoarseGrid(DensityPair pair)
    {
        const double Step = 0.05;
        var points = arange(-8, 9, Step, float64).unsqueeze(1);
        return (points, (pair.Data.LogDensity(points).exp() * Step, pair.Generator.LogDensity(points).exp() * Step));
    }

    /// <summary>The loss of D over every pair of a real and a generated point.</summary>
    private static Tensor PairedLoss(Tensor logits, (Tensor Real, Tensor Fake) weights)
    {
        var count = (int)logits.shape[0];
        var losses = GanObjective.RelativisticPaired.DiscriminatorLoss(logits.repeat_interleave(count), logits.repeat(count));
        return (losses * weights.Real.repeat_interleave(count) * weights.Fake.repeat(count)).sum();
    }
}
