using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class ParetoTailTests
{
    /// <summary>One line of what tests/peers/pareto_tail.py computed in decimal arithmetic.</summary>
    public sealed record Reference(string Law, double Shape, int Samples, double KHat, double Limit, double? MaximumLikelihood);

    public static IEnumerable<TheoryDataRow<Reference>> References => Fixture.Read<Reference[]>("Diagnostics", "pareto-tail.json")
        .Select(reference => new TheoryDataRow<Reference>(reference));

    [Theory]
    [MemberData(nameof(References))]
    public void It_agrees_with_an_independent_computation_and_nearly_with_maximum_likelihood(Reference reference)
    {
        using var scope = NewDisposeScope();
        var logWeights = tensor(Enumerable.Range(1, reference.Samples).Select(index => LogWeight(reference, index * 0.6180339887498949 % 1)).ToArray());

        var shape = ParetoTail.Shape(logWeights);

        shape.Should().BeApproximately(reference.KHat, 1e-7 * Math.Max(1, Math.Abs(reference.KHat)));
        ParetoTail.Shape(logWeights - 5_000).Should().BeApproximately(shape, 1e-7 * Math.Max(1, Math.Abs(shape)), "a factor of all weights changes nothing");
        ParetoTail.LargestShape(reference.Samples).Should().BeApproximately(reference.Limit, 1e-15);
        if (reference.MaximumLikelihood is { } other)
            shape.Should().BeApproximately(other, 0.06);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.823)]
    [InlineData(1.5)]
    public void Samples_of_a_known_shape_give_it_back(double shape)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(1, "Pareto samples");
        const int Repeats = 100, Count = 2_000, Tail = 135;
        var uniform = rand([Repeats, Count], ScalarType.Float64, generator: random);
        var logWeights = ((uniform.pow(-shape) - 1) / shape).log();

        var found = Enumerable.Range(0, Repeats).Select(row => ParetoTail.Shape(logWeights[row])).ToArray();

        // The prior takes ten samples' worth towards ½.
        var expected = (shape * Tail + 5) / (Tail + 10);
        found.Average().Should().BeApproximately(expected, 0.05);
        Math.Sqrt(found.Average(one => Math.Pow(one - found.Average(), 2))).Should().BeApproximately(ParetoTail.StandardError(shape, Count), 0.3 * ParetoTail.StandardError(shape, Count));
    }

    [Fact]
    public void Weights_at_the_extremes_have_the_shape_that_their_moments_have()
    {
        using var scope = NewDisposeScope();
        var spread = linspace(0, 1, 500, ScalarType.Float64);

        ParetoTail.Shape(zeros(500)).Should().Be(double.NegativeInfinity, "equal weights have no tail");
        ParetoTail.Shape(spread.clamp(max: 0.5)).Should().Be(double.NegativeInfinity);
        ParetoTail.Shape(spread).Should().BeLessThan(0, "bounded weights");
        ParetoTail.Shape(spread * 1e6).Should().Be(double.PositiveInfinity, "one weight decides alone");
        ParetoTail.Shape(cat([spread, tensor(new[] { double.PositiveInfinity })])).Should().Be(double.PositiveInfinity);
        ParetoTail.Shape(cat([spread, tensor(new[] { double.NaN })])).Should().Be(double.NaN);
        ParetoTail.Shape(full(500, double.NegativeInfinity)).Should().Be(double.NaN, "nothing weighs anything");
        ParetoTail.Shape(cat([full(495, double.NegativeInfinity), spread[..5]])).Should().NotBe(double.NaN);
        ParetoTail.Shape(spread[..20]).Should().Be(double.PositiveInfinity, "four samples of a tail show nothing");
        ParetoTail.Shape(zeros(0)).Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void The_shape_tells_which_moments_the_ratio_of_two_normals_has()
    {
        using var scope = NewDisposeScope();
        // P(r > t) falls as t^(−1/k) with k = 1 − s²/S² for standard deviations s < S, s that of the samples.
        var (_, fake, _) = new GaussianPair(-0.4, 1.9, 1.7, 0.8).Draw(1, 200_000, seed: 1);
        var (narrow, _, _) = new GaussianPair(1.7, 0.8, -0.4, 1.9).Draw(1, 200_000, seed: 1);

        ParetoTail.Shape(fake).Should().BeApproximately(1 - 0.64 / 3.61, 0.1);
        ParetoTail.Shape(-narrow).Should().BeApproximately(1 - 0.64 / 3.61, 0.1);
        ParetoTail.Shape(narrow).Should().BeLessThan(0);
    }

    private static double LogWeight(Reference reference, double uniform) => reference.Law switch
    {
        "pareto" => Math.Log((Math.Pow(1 - uniform, -reference.Shape) - 1) / reference.Shape),
        "exponential" => Math.Log(-double.LogP1(-uniform)),
        "squared" => reference.Shape * uniform * uniform,
        _ => reference.Shape * Math.Log(uniform / (1 - uniform)),
    };
}
