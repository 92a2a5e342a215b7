using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.TwoSample;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Fidelity;

/// <summary>Ten classes in eight dimensions, spoiled step by step: what each metric sees of it, and what it doesn't.</summary>
public sealed class LadderTests : IDisposable
{
    private const int Classes = 10, Size = 8, Count = 1_200;

    private static readonly Dictionary<string, Func<Tensor, Tensor, Estimate>> Metrics = new()
    {
        ["Fréchet"] = FrechetDistance.Measure,
        ["Fréchet at infinity"] = FrechetDistanceInfinity.Measure,
        ["kernel"] = KernelDistance.Measure,
        ["sliced"] = (real, fake) => SlicedWasserstein.Distance(real, fake, directions: 32),
        ["precision"] = (real, fake) => PrecisionRecall.Measure(real, fake).Precision,
        ["recall"] = (real, fake) => PrecisionRecall.Measure(real, fake).Recall,
        ["density"] = (real, fake) => DensityCoverage.Measure(real, fake).Density,
        ["coverage"] = (real, fake) => DensityCoverage.Measure(real, fake).Coverage,
        ["F8"] = (real, fake) => PrecisionRecallDistribution.Measure(real, fake, runs: 3).F8,
        ["F1/8"] = (real, fake) => PrecisionRecallDistribution.Measure(real, fake, runs: 3).FOneEighth,
    };

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly Tensor reference = Garments("reference"), other = Garments("other"), third = Garments("third");

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData("Fréchet")]
    [InlineData("Fréchet at infinity")]
    [InlineData("kernel")]
    [InlineData("sliced")]
    public void Distances_see_noise_lost_classes_and_crowded_ones(string metric)
    {
        double Distance(Tensor samples) => Metrics[metric](reference, samples).Value;

        Ladder(0, 0.6, 1.2, 2.4).Select(Noisy).Select(Distance).Should().BeInAscendingOrder();
        Ladder(10, 8, 5, 2).Select(Kept).Select(Distance).Should().BeInAscendingOrder();
        Ladder(0, 0.2, 0.4, 0.8).Select(Shrunk).Select(Distance).Should().BeInAscendingOrder("blur takes the spread within a class");
    }

    [Theory]
    [InlineData("precision")]
    [InlineData("density")]
    [InlineData("F1/8")]
    public void Scores_of_fidelity_fall_with_bad_samples_and_not_with_lost_classes(string metric)
    {
        double Score(Tensor samples) => Metrics[metric](reference, samples).Value;
        var good = Score(other);

        Ladder(0, 0.2, 0.4, 0.8).Select(WithBad).Select(Score).Should().BeInDescendingOrder();
        Score(WithBad(0.4)).Should().BeApproximately(0.6 * good, 0.1);
        Score(Kept(5)).Should().BeGreaterThan(0.9 * good);
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("coverage")]
    [InlineData("F8")]
    public void Scores_of_diversity_fall_with_lost_classes_and_not_with_bad_samples(string metric)
    {
        double Score(Tensor samples) => Metrics[metric](reference, samples).Value;
        var good = Score(other);

        Ladder(10, 8, 5, 2).Select(Kept).Select(Score).Should().BeInDescendingOrder();
        Score(Kept(5)).Should().BeApproximately(0.5 * good, 0.1);
        Score(WithBad(0.2)).Should().BeGreaterThan(0.9 * good);
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("coverage")]
    [InlineData("Fréchet")]
    public void Copies_of_few_samples_are_seen(string metric)
    {
        var scores = Ladder(Count, 200, 50, 12).Select(distinct => Metrics[metric](reference, Copies((int)distinct)).Value);

        if (metric == "Fréchet")
            scores.Should().BeInAscendingOrder();
        else
            scores.Should().BeInDescendingOrder();
    }

    [Fact]
    public void Real_samples_against_real_ones_lie_where_others_did()
    {
        foreach (var (name, measure) in Metrics)
        {
            var (first, second) = (measure(reference, other), measure(reference, third));

            // Two values differ by more than both half widths together about once in two hundred times.
            Math.Abs(first.Value - second.Value).Should().BeLessThanOrEqualTo((first.Upper - first.Lower + second.Upper - second.Lower) / 2, name);
        }
    }

    [Theory]
    [InlineData("Fréchet at infinity")]
    [InlineData("kernel")]
    public void Of_real_samples_the_unbiased_ones_hold_zero(string metric)
    {
        var values = Enumerable.Range(0, 60).Select(pair => Metrics[metric](Garments($"left {pair}"), Garments($"right {pair}"))).ToArray();

        // 95% less four standard errors.
        values.Count(value => value.Lower <= 0 && value.Upper >= 0).Should().BeGreaterThanOrEqualTo(50);
    }

    private static double[] Ladder(params double[] steps) => steps;

    /// <summary>Independent samples: a set with equal shares of the classes would be nearer to another one than samples of the distribution are.</summary>
    private static Tensor Garments(string name, long classes = Classes)
    {
        using var random = SeededRandom.Create(5, name);
        using var places = SeededRandom.Create(5, "classes");
        var centers = 3 * randn([Classes, Size], ScalarType.Float64, generator: places);
        return centers.index_select(0, randint(classes, [Count], generator: random)) + 0.5 * randn([Count, Size], ScalarType.Float64, generator: random);
    }

    private Tensor Noisy(double amount)
    {
        using var random = SeededRandom.Create(5, "noise");
        return other + amount * randn(other.shape, ScalarType.Float64, generator: random);
    }

    /// <summary>As many samples of the first classes alone.</summary>
    private static Tensor Kept(double classes) => Garments("kept", (long)classes);

    /// <summary>A share of samples far from all data.</summary>
    private Tensor WithBad(double share)
    {
        using var random = SeededRandom.Create(5, "bad");
        var bad = (long)(share * Count);
        return cat([other.narrow(0, 0, Count - bad), 25 + randn([bad, Size], ScalarType.Float64, generator: random)]).index_select(0, randperm(Count, generator: random));
    }

    private Tensor Copies(int distinct) => other.narrow(0, 0, distinct).repeat(Count / distinct, 1);

    /// <summary>Each sample moved toward its class's center, which it doesn't know: toward the nearest 30 others' mean.</summary>
    private Tensor Shrunk(double amount)
    {
        var nearest = cdist(other, other).topk(30, 1, largest: false).indexes;
        return other * (1 - amount) + amount * other.index_select(0, nearest.flatten()).view(Count, 30, Size).mean([1]);
    }
}
