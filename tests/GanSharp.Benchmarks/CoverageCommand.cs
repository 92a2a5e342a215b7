using System.Globalization;
using GanSharp.Tests.Diagnostics;

namespace GanSharp.Benchmarks;

/// <summary>How often the diagnostics give an interval at a true ratio, and how often it holds the truth.</summary>
internal static class CoverageCommand
{
    public static string Measure(int repeats, int samples)
    {
        var cells = GaussianPair.All.SelectMany(pair => CoverageStudy.Measure(pair, repeats, samples)).ToArray();
        var table = new ResultTable(
            string.Create(CultureInfo.InvariantCulture, $"Given / covered of those, in %, {repeats:N0} repeats of {samples:N0} samples a side"),
            ["", .. GaussianPair.All.Select(pair => pair.ToString())],
            [.. CoverageStudy.Quantities.Select(quantity => (IReadOnlyList<string>)[quantity, .. cells.Where(cell => cell.Quantity == quantity).Select(Format)])]);
        table.Print();
        var (given, covered) = (cells.Sum(cell => cell.Given), cells.Sum(cell => cell.Covered));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{given:N0} intervals given, {(double)covered / given:0.0%} cover."));
        foreach (var cell in cells.Where(cell => cell.Quantity != CoverageStudy.Quantities[^1] && !cell.IsPlausible))
            Console.WriteLine($"Not within 93 to 97%: {cell.Quantity} on {cell.Pair}, {cell.Covered} of {cell.Given}");
        return table.ToMarkdown();
    }

    private static string Format(CoverageStudy.Cell cell) => cell.Given == 0 ? "0 / –"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * cell.GivenShare:0.#} / {100 * cell.Coverage:0.0}");
}
