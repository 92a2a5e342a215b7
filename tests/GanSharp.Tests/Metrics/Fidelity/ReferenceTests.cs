using FluentAssertions;
using GanSharp.Metrics.Fidelity;
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
        long Seed, int Real, int Fake, int Size, double Scale, double Shift, double Sum, double Frechet, double Kernel, double Precision, double Recall, double Density, double Coverage);
}
