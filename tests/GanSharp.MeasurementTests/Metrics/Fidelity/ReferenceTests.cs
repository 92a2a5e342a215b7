using FluentAssertions;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.TwoSample;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Fidelity;

/// <summary>The metrics of features against NumPy, SciPy and scikit-learn (tests/peers/metrics_reference.py), on features that both compute bit for bit.</summary>
public sealed class ReferenceTests
{
    private const double Tolerance = 1e-6;

    private static readonly Reference References = Fixture.Read<Reference>("Metrics/Fidelity", "fidelity.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, References.Cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_metric_is_that_of_its_definition(int index)
    {
        using var scope = NewDisposeScope();
        var expected = References.Cases[index];
        var real = Features(expected.Seed, expected.Real, expected.Size, 1, 0);
        var fake = Features(expected.Seed + 100, expected.Fake, expected.Size, expected.Scale, expected.Shift);
        real.sum().item<double>().Should().BeApproximately(expected.Sum, 1e-9, "the features are those of the script");

        var manifolds = PrecisionRecall.Measure(real, fake);
        var balls = DensityCoverage.Measure(real, fake);

        FrechetDistance.Measure(real, fake).Value.Should().BeApproximately(expected.Frechet, Tolerance * expected.Frechet);
        KernelDistance.Measure(real, fake).Value.Should().BeApproximately(expected.Kernel, Tolerance * Math.Abs(expected.Kernel));
        manifolds.Precision.Value.Should().BeApproximately(expected.Precision, 1e-12);
        manifolds.Recall.Value.Should().BeApproximately(expected.Recall, 1e-12);
        balls.Density.Value.Should().BeApproximately(expected.Density, 1e-12);
        balls.Coverage.Value.Should().BeApproximately(expected.Coverage, 1e-12);
        ClassifierScore.Measure(fake.softmax(1), splits: 4).Value.Should().BeApproximately(expected.ClassifierScore, Tolerance * expected.ClassifierScore);
        SlicedWasserstein.Distance(real.narrow(1, 0, 1), fake.narrow(1, 0, 1)).Value.Should().BeApproximately(expected.Transport, Tolerance * expected.Transport);
        if (expected.FrechetHalfWidth is { } width)
        {
            var frechet = FrechetDistance.Measure(real, fake);
            (frechet.Upper - frechet.Value).Should().BeApproximately(width, Tolerance * width);
            FrechetDistanceInfinity.Measure(real, fake).Value.Should().BeApproximately(expected.FrechetInfinity!.Value, Tolerance * Math.Abs(expected.FrechetInfinity.Value));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Subsets_and_clusters_that_are_given_lead_to_the_same_numbers(int index)
    {
        using var scope = NewDisposeScope();
        var expected = References.Cases[index];
        var real = Features(expected.Seed, expected.Real, expected.Size, 1, 0);
        var fake = Features(expected.Seed + 100, expected.Fake, expected.Size, expected.Scale, expected.Shift);
        Tensor Subsets(int count) => (7 * arange(Math.Min(100, expected.Real / 2)).unsqueeze(0) + 13 * arange(5).unsqueeze(1)) % count;
        var (i, j) = (arange(expected.Real).unsqueeze(0), arange(expected.Fake).unsqueeze(0));
        var run = arange(3).unsqueeze(1);

        var (mean, deviation) = KernelDistance.MeasureSubsets(real, fake, Subsets(expected.Real), Subsets(expected.Fake));
        var distribution = PrecisionRecallDistribution.OfClusters((i * i + 3 * run * i) % 7, (2 * j + run * j.div(3, RoundingMode.floor)) % 7, clusters: 7);

        mean.Should().BeApproximately(expected.KernelSubsetsMean, Tolerance * Math.Abs(expected.KernelSubsetsMean));
        deviation.Should().BeApproximately(expected.KernelSubsetsDeviation, Tolerance * expected.KernelSubsetsDeviation);
        distribution.F8.Value.Should().BeApproximately(expected.PrdF8, Tolerance);
        distribution.FOneEighth.Value.Should().BeApproximately(expected.PrdFOneEighth, Tolerance);
    }

    /// <summary>The script's features: sums of four integers of a linear congruential generator.</summary>
    private static Tensor Features(long seed, int count, int size, double scale, double shift)
    {
        var values = Fixture.Numbers(seed).Chunk(4).Take(count * size).Select(draws => draws.Sum(draw => draw / (double)(1L << 31)) - 2).ToArray();
        var x = tensor(values, [count, size]);
        return scale * (x * (1 + arange(size) % 5) + x.roll(1, 1)) + shift;
    }

    private sealed record Reference(ReferenceCase[] Cases);

    private sealed record ReferenceCase(
        long Seed, int Real, int Fake, int Size, double Scale, double Shift, double Sum, double Frechet, double Kernel, double Precision, double Recall, double Density, double Coverage,
        double? FrechetHalfWidth, double? FrechetInfinity, double KernelSubsetsMean, double KernelSubsetsDeviation, double ClassifierScore, double Transport, double PrdF8, double PrdFOneEighth);
}
