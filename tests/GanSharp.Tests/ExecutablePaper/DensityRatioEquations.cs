using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Equations 1 to 7: comparing two densities is telling samples of the one from samples of the other.</summary>
public sealed class DensityRatioEquations
{
    public static TheoryData<int> Seeds => DensityPair.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(1)]
    public void The_ratio_turns_expectations_under_the_generator_into_expectations_under_the_data(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);

        var ratio = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid).exp();

        var (x, weights) = (pair.Grid.squeeze(1), pair.GeneratorWeights * ratio);
        var (modes, shares) = (pair.Data.Components, pair.Data.Weights);
        weights.sum().item<double>().Should().BeApproximately(1, 1e-9);
        (weights * x).sum().item<double>().Should().BeApproximately(
            modes.Zip(shares, (mode, share) => share * mode.Mean[0]).Sum(), 1e-9);
        (weights * x.square()).sum().item<double>().Should().BeApproximately(
            modes.Zip(shares, (mode, share) => share * (mode.Covariance(0, 0) + mode.Mean[0] * mode.Mean[0])).Sum(), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(2)]
    public void Samples_labeled_real_follow_the_density_of_the_data(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        const int Count = 20_000;

        var samples = pair.Data.Draw(seed, position: 0, Count).Samples;

        KolmogorovDistance(samples, pair.Data).Should().BeLessThan(CriticalDistance(Count));
        KolmogorovDistance(samples, pair.Generator).Should().BeGreaterThan(CriticalDistance(Count));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(3)]
    public void Samples_labeled_generated_follow_the_density_of_the_generator(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        using var generator = new AffineGenerator(random.NextDouble(), 0.5 + random.NextDouble());
        using var density = generator.Density();
        using var other = Mixtures.Normal(-0.5);
        using var latents = SeededRandom.Create(seed, "latents");
        const int Count = 20_000;

        var samples = generator.Sample(Count, random: latents);

        KolmogorovDistance(samples, density).Should().BeLessThan(CriticalDistance(Count));
        KolmogorovDistance(samples, other).Should().BeGreaterThan(CriticalDistance(Count));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(4)]
    public void The_ratio_is_the_odds_of_real_by_the_rule_of_Bayes_over_the_odds_before_seeing_x(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var share = Share(seed);
        var (joint1, joint0) = (share * pair.DataWeights, (1 - share) * pair.GeneratorWeights);
        // Where both joint densities are ordinary numbers; elsewhere the probability below has lost its digits.
        var seen = joint1.gt(1e-12).logical_and(joint0.gt(1e-12));
        var posterior = joint1 / (joint1 + joint0);

        var logRatio = DensityRatio.Log(posterior.logit(), realShare: share);

        var known = DensityRatio.Log(pair.Data, pair.Generator, pair.Grid);
        (logRatio - known)[seen].abs().max().item<double>().Should().BeLessThan(1e-5);
        seen.sum().item<long>().Should().BeGreaterThan(1_000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(5)]
    public void Counting_labels_gives_the_ratio_of_probabilities_whatever_share_is_real(int seed)
    {
        using var scope = NewDisposeScope();
        using var pair = DensityPair.Draw(seed);
        var (realCount, fakeCount) = ((int)(200_000 * Share(seed)), 200_000 - (int)(200_000 * Share(seed)));
        double[] edges = [-1.5, -0.75, 0, 0.75, 1.5];
        var real = Histogram(pair.Data.Draw(seed, 0, realCount).Samples, edges);
        var fake = Histogram(pair.Generator.Draw(seed, 0, fakeCount).Samples, edges);

        var logRatio = DensityRatio.Log((real / fake).log(), realShare: realCount / 200_000.0);

        var known = (Probabilities(pair.Data, edges) / Probabilities(pair.Generator, edges)).log();
        // The logarithm of a count n has a standard error of 1/√n.
        var standardErrors = (1 / real + 1 / fake).sqrt();
        ((logRatio - known) / standardErrors).abs().max().item<double>().Should().BeLessThan(4);
        standardErrors.max().item<double>().Should().BeLessThan(0.2);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(6)]
    public void A_discriminator_models_the_label_so_its_two_probabilities_add_up_to_1(int seed)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(seed);

        var logReal = -GanObjective.NonSaturating.GeneratorLoss(logits, null);
        var logGenerated = GanObjective.Minimax.GeneratorLoss(logits, null);

        (logReal.exp() + logGenerated.exp() - 1).abs().max().item<double>().Should().BeLessThan(1e-12);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    [Equation(7)]
    public void The_probability_of_real_is_the_sigmoid_of_the_logit(int seed)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(seed);

        var logReal = -GanObjective.NonSaturating.GeneratorLoss(logits, null);
        var logGenerated = GanObjective.Minimax.GeneratorLoss(logits, null);

        (logReal.exp() - logits.sigmoid()).abs().max().item<double>().Should().BeLessThan(1e-12);
        (logReal - logGenerated - logits).abs().max().item<double>().Should().BeLessThan(1e-12);
    }

    private static double Share(int seed) => 0.1 + 0.8 * new Random(seed + 100).NextDouble();

    /// <summary>What a fresh discriminator says of the line; the factor makes it as sure of itself as a trained one.</summary>
    private static Tensor Logits(int seed)
    {
        manual_seed(seed);
        using var discriminator = new MlpDiscriminator(inputSize: 1, width: 16);
        return discriminator.Logits(linspace(-5, 5, 1_001).unsqueeze(1)).to(float64) * 20;
    }

    // Kolmogorov 1933: exceeded by chance once in ten thousand draws.
    private static double CriticalDistance(int count) => 2.23 / Math.Sqrt(count);

    /// <summary>The largest difference between the share of the samples below a point and its probability.</summary>
    private static double KolmogorovDistance(Tensor samples, GaussianMixture density)
    {
        var (sorted, _) = samples.to(float64).flatten().sort();
        var shares = (arange(sorted.shape[0], float64) + 0.5) / sorted.shape[0];
        return (Cumulative(density, sorted) - shares).abs().max().item<double>();
    }

    private static Tensor Cumulative(GaussianMixture density, Tensor points) =>
        density.Components.Zip(density.Weights, (mode, weight) => weight / 2 * (1 + ((points - mode.Mean[0]) / Math.Sqrt(2 * mode.Covariance(0, 0))).erf()))
            .Aggregate((sum, next) => sum + next);

    private static Tensor Probabilities(GaussianMixture density, double[] edges)
    {
        var below = Cumulative(density, tensor(edges));
        return below[1..] - below[..^1];
    }

    private static Tensor Histogram(Tensor samples, double[] edges) => stack([.. edges[..^1].Zip(edges[1..], (lower, upper) =>
        samples.gt(lower).logical_and(samples.le(upper)).sum().to(float64))]);
}
