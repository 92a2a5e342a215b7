using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Diagnostics;

/// <summary>The short form of the table in docs/diagnostics.md, which the command <c>coverage</c> of the benchmarks measures with more repeats.</summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    private const int Repeats = 100, Samples = 2_000;

    public static TheoryData<int> Pairs => [.. Enumerable.Range(0, GaussianPair.All.Length)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_interval_that_is_given_covers_the_truth_as_often_as_it_says(int index)
    {
        var pair = GaussianPair.All[index];
        var cells = CoverageStudy.Measure(pair, Repeats, Samples, seed: 3).ToDictionary(cell => cell.Quantity);
        foreach (var cell in cells.Values)
            output.WriteLine($"{cell.Pair}: {cell.Quantity}: {cell.Given} of {cell.Repeats} given, {cell.Covered} cover");

        // 100 repeats at 95% have a standard error of 2.2%: 88% is three of them away.
        foreach (var cell in cells.Values.Where(cell => cell.Given >= 20 && cell.Quantity != "E[r] and E[1/r]"))
            cell.Coverage.Should().BeGreaterThanOrEqualTo(0.88, cell.Quantity);
        foreach (var always in new[] { "JS bound", "KL, clipped", "reverse KL, clipped" })
            cells[always].Given.Should().Be(Repeats, always);

        // Where the data is the wider by √2, r has no second moment under the generator; where the generator is, 1/r has none under the data.
        var (ratioIsHeavy, inverseIsHeavy) = (!pair.HasFiniteVariance && pair.DataDeviation > pair.GeneratorDeviation, !pair.HasFiniteVariance && pair.DataDeviation < pair.GeneratorDeviation);
        void GivenIf(bool fits, string quantity)
        {
            if (fits)
                cells[quantity].GivenShare.Should().BeGreaterThan(0.85, quantity);
            else
                cells[quantity].GivenShare.Should().BeLessThan(0.03, quantity);
        }
        GivenIf(!ratioIsHeavy, "KL");
        GivenIf(!inverseIsHeavy, "reverse KL");
        GivenIf(!ratioIsHeavy, "weighted mean, real seen");
        if (pair.HasFiniteVariance)
            cells["E[r] and E[1/r]"].Coverage.Should().BeInRange(0.8, 0.98);
        else
            cells["E[r] and E[1/r]"].GivenShare.Should().BeLessThan(0.08);
        if (ratioIsHeavy)
            cells["weighted mean"].GivenShare.Should().BeLessThan(0.05);
    }
}
