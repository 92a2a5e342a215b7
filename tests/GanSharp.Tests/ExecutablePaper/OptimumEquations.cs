using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Equations 12 to 15: the best discriminator, and what it measures.</summary>
public sealed class OptimumEquations
{
    public static TheoryData<int> Seeds => DensityPair.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(12)]
    public void The_best_discriminator_is_the_data_over_the_sum_of_both_and_no_other_has_its_value(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var random = new Random(seed);
        var (real, fake) = (pair.RealPoints, pair.FakePoints);
        var (realRatio, fakeRatio) = (DensityRatio.Log(pair.Data, pair.Generator, real), DensityRatio.Log(pair.Data, pair.Generator, fake));
        var best = ValueFunction.Of(realRatio, fakeRatio);

        (DensityRatio.Log(pair.Data, pair.Generator, pair.Grid).sigmoid() - pair.DataWeights / (pair.DataWeights + pair.GeneratorWeights)).nan_to_num(0).abs().max().item<double>().Should().BeLessThan(1e-12);
        for (var trial = 0; trial < 5; trial++)
        {
            var (shift, frequency, phase) = (random.NextDouble() - 0.5, 3 * random.NextDouble(), 6 * random.NextDouble());
            Tensor Other(Tensor ratio, Tensor points) => ratio + 0.3 * (points.squeeze(1) * frequency + phase).sin() + shift;
            ValueFunction.Of(Other(realRatio, real), Other(fakeRatio, fake)).Should().BeLessThan(best - 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(12)]
    public void The_best_discriminator_is_the_share_of_real_labels_at_x(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        const int Count = 200_000;
        var edges = linspace(-2, 2, 9, ScalarType.Float64);
        // p(y = 1 | x in a bin), counted in labeled samples, against D* averaged over the same samples.
        var samples = cat([pair.Data.Draw(seed, 0, Count).Samples, pair.Generator.Draw(seed, Count, Count).Samples]);
        var labels = cat([ones(Count, ScalarType.Float64), zeros(Count, ScalarType.Float64)]);
        var best = DensityRatio.Log(pair.Data, pair.Generator, samples).sigmoid();
        var bins = bucketize(samples.squeeze(1).to(ScalarType.Float64), edges);
        for (var bin = 1; bin <= 8; bin++)
        {
            var inside = bins.eq(bin);
            var count = inside.sum().item<long>();
            if (count < 1_000)
                continue;
            var posterior = labels[inside].mean().item<double>();
            best[inside].mean().item<double>().Should().BeApproximately(posterior, 4.5 * 0.5 / Math.Sqrt(count));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(13)]
    public void With_any_share_of_real_samples_the_best_logit_is_the_ratio_and_the_odds_of_the_share(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var share = 0.1 + 0.8 * new Random(seed).NextDouble();
        var ratio = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid);

        // The logit at which the weighted cross-entropy of equation 9 is stationary, found without knowing the answer.
        var logits = Stationary(share * pair.DataWeights, (1 - share) * pair.GeneratorWeights);

        var seen = (pair.DataWeights + pair.GeneratorWeights).gt(1e-9).logical_and(ratio.abs().lt(12));
        (DensityRatio.Log(logits, share) - ratio)[seen].abs().max().item<double>().Should().BeLessThan(1e-6);
        var odds = ratio.exp() * share / (1 - share);
        (logits.sigmoid() - odds / (1 + odds))[seen].abs().max().item<double>().Should().BeLessThan(1e-6);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(14)]
    public void The_value_of_the_best_discriminator_is_twice_the_divergence_less_2_ln_2(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var (real, fake) = (DensityRatio.Log(pair.Data, pair.Generator, pair.RealPoints), DensityRatio.Log(pair.Data, pair.Generator, pair.FakePoints));
        var divergence = JensenShannon.Quadrature(pair.Data, pair.Generator);

        ValueFunction.Of(real, fake).Should().BeApproximately(2 * divergence - 2 * Math.Log(2), 1e-5);
        JensenShannon.Bound(real, fake).Value.Should().BeApproximately(divergence, 1e-5);
        JensenShannon.Bound(real * 0.7 + 0.2, fake * 0.7 + 0.2).Value.Should().BeLessThan(divergence);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(15)]
    public void The_divergence_is_the_mean_of_two_Kullback_Leibler_divergences_from_the_mixture(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var middle = (pair.DataWeights + pair.GeneratorWeights) / 2;
        double KullbackLeibler(Tensor weights) => weights.xlogy(weights / middle).nan_to_num(0).sum().item<double>();

        JensenShannon.Quadrature(pair.Data, pair.Generator).Should().BeApproximately(
            (KullbackLeibler(pair.DataWeights) + KullbackLeibler(pair.GeneratorWeights)) / 2, 1e-9);
    }

    // Thirty-digit quadrature: the divergence of N(0, 1), with weight π, and N(mean, standardDeviation²).
    [Theory]
    [InlineData(0.5, 1, 0.25, 0.02289469318372)]
    [InlineData(0.5, 1, 0.1, 0.011118884347161)]
    [InlineData(1, 1, 0.25, 0.085449386661173)]
    [InlineData(1, 1, 0.1, 0.042742269513569)]
    [InlineData(2, 1, 0.25, 0.26565330725891)]
    [InlineData(3, 1, 0.1, 0.23576509449502)]
    [InlineData(0, 2, 0.25, 0.063396305636668)]
    [InlineData(0, 0.5, 0.25, 0.081103551379384)]
    [InlineData(1, 2, 0.25, 0.087750933383374)]
    [InlineData(2, 0.5, 0.25, 0.39751869059658)]
    [Equation(15)]
    public void With_a_share_of_real_samples_the_best_value_is_the_weighted_divergence_less_the_entropy_of_the_share(
        double mean, double standardDeviation, double share, double expected)
    {
        using var scope = NewDisposeScope();
        using var pair = new DensityPair(Mixtures.Normal(), Mixtures.Normal(mean, standardDeviation));
        var ratio = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid);
        // DensityRatio takes the odds of the share out of a logit; the opposite share puts them in.
        var best = DensityRatio.Log(ratio, realShare: 1 - share);

        var value = (share * pair.DataWeights * -GanObjective.NonSaturating.GeneratorLoss(best, null)
            + (1 - share) * pair.GeneratorWeights * GanObjective.Minimax.GeneratorLoss(best, null)).sum().item<double>();

        var entropy = -share * Math.Log(share) - (1 - share) * Math.Log(1 - share);
        (value + entropy).Should().BeApproximately(expected, 1e-9);
    }

    /// <summary>
    /// At each point the zero in l of the derivative of wReal · ln σ(l) + wFake · ln(1 − σ(l)), by bisection on the gradients of the library's losses.
    /// </summary>
    private static Tensor Stationary(Tensor realWeights, Tensor fakeWeights)
    {
        var (lower, upper) = (full_like(realWeights, -40), full_like(realWeights, 40));
        for (var halving = 0; halving < 40; halving++)
        {
            using var inner = NewDisposeScope();
            var middle = ((lower + upper) / 2).requires_grad_(true);
            var value = realWeights * -GanObjective.NonSaturating.GeneratorLoss(middle, null) + fakeWeights * GanObjective.Minimax.GeneratorLoss(middle, null);
            var slope = autograd.grad([value.sum()], [middle])[0];
            var rising = slope.gt(0);
            (lower, upper) = (where(rising, middle.detach(), lower).MoveToOuterDisposeScope(), where(rising, upper, middle.detach()).MoveToOuterDisposeScope());
        }
        return (lower + upper) / 2;
    }
}
