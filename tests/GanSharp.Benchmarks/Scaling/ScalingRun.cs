using System.Globalization;
using GanSharp.Reporting;
using GanSharp.Runtime;
using ScottPlot;
using ScottPlot.TickGenerators;
using Palette = GanSharp.Reporting.Palette;

namespace GanSharp.Benchmarks.Scaling;

/// <summary>Measures every series, fits its exponent, and draws them on logarithmic axes, where a power law is a line.</summary>
internal static class ScalingRun
{
    private const int LargeEnd = 3, PanelWidth = 560, PanelHeight = 400;
    private static readonly Color[] Colors = [Palette.Generator, Palette.Discriminator, Palette.Penalty];

    /// <summary>Returns the section for a document.</summary>
    /// <param name="axes">The sizes to vary; all where there is none.</param>
    public static string Measure(IReadOnlyCollection<string> axes, double seconds, bool processorTime, string picture)
    {
        var machine = Machine.Describe();
        var compute = new ComputeTuning { MklFastPath = true }.Apply();
        Console.WriteLine(compute);
        var results = new List<ScalingResult>();
        foreach (var series in ScalingSeries.All.Where(series => axes.Count == 0 || axes.Contains(series.Axis)))
        {
            results.Add(new ScalingResult(series, [.. series.Sizes.Select(size => series.Milliseconds(size, seconds).By(processorTime))]));
            Console.WriteLine($"{series.Axis}, {series.Name}: {results[^1].Points()}");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
        PlotSheet.Save([.. results.GroupBy(result => result.Series.Axis).Select(Panel)], columns: 2, PanelWidth, PanelHeight, picture);
        var table = new ResultTable($"Milliseconds{(processorTime ? " of processor time" : "")}, and the exponent e of time ≈ c · sizeᵉ",
            ["size", "of", "ms at each size", "e", $"e at the last {LargeEnd}", "knee"],
            [.. results.Select(result => (string[])
            [
                result.Series.Axis, result.Series.Name, result.Points(), Number(result.Exponent(result.Milliseconds.Count)), Number(result.Exponent(LargeEnd)),
                result.Knee?.ToString("#,0.#", CultureInfo.InvariantCulture) ?? "–",
            ])]);
        table.Print();
        return $"{machine}. {seconds.ToString(CultureInfo.InvariantCulture)} s a point. {compute}.\n\n{table.ToMarkdown()}";
    }

    private static Plot Panel(IGrouping<string, ScalingResult> results)
    {
        var plot = PlotSheet.Panel($"Time against {results.Key}", results.Key, "milliseconds");
        foreach (var (result, color) in results.Zip(Colors))
        {
            var line = plot.Add.Scatter(result.Series.Sizes.Select(value => Math.Log10(value)).ToArray(), result.Milliseconds.Select(Math.Log10).ToArray(), color);
            (line.LineWidth, line.MarkerSize) = (2, 7);
            line.LegendText = $"{result.Series.Name} (e = {Number(result.Exponent(LargeEnd))} at the end)";
        }
        double[] sizes = [.. results.SelectMany(result => result.Series.Sizes).Distinct().Order()], times = [.. results.SelectMany(result => result.Milliseconds)];
        var decades = Enumerable.Range(-3, 9).Select(power => Math.Pow(10, power));
        plot.Axes.Bottom.TickGenerator = Ticks(sizes);
        // Decades alone leave too few ticks where all times lie within one or two.
        plot.Axes.Left.TickGenerator = Ticks(times.Max() / times.Min() > 100 ? decades : decades.SelectMany(decade => new[] { decade, 2 * decade, 5 * decade }));
        var (left, right, bottom, top) = (Math.Log10(sizes[0]), Math.Log10(sizes[^1]), Math.Log10(times.Min()), Math.Log10(times.Max()));
        // The legend stands above the lines.
        plot.Axes.SetLimits(left - 0.04 * (right - left), right + 0.04 * (right - left), bottom - 0.1 * (top - bottom), top + 0.5 * (top - bottom));
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }

    private static NumericManual Ticks(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new NumericManual([.. sorted.Select(value => Math.Log10(value))], [.. sorted.Select(value => Label(value))]);
    }

    private static string Label(double value) => value switch
    {
        >= 1e6 => FormattableString.Invariant($"{value / 1e6:0.#}M"),
        >= 1e4 => FormattableString.Invariant($"{value / 1e3:0.#}k"),
        _ => value.ToString("#,0.####", CultureInfo.InvariantCulture),
    };

    // Adding 0 makes −0 a 0.
    private static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture);
}
