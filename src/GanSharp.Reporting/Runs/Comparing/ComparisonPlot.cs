using ScottPlot;

namespace GanSharp.Reporting.Runs.Comparing;

/// <summary>Runs over each other, a panel for each quantity: curves with their 95% intervals, and one value a run where a quantity was measured once.</summary>
public static class ComparisonPlot
{
    private const int PanelWidth = 900, PanelHeight = 330, LongestName = 40;

    // Two lines differ in more than their color.
    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    /// <summary>Saves the picture as PNG.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">The runs have no quantity in common.</exception>
    public static void Save(RunComparison comparison, string path)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        if (comparison.Quantities.Count == 0)
            throw new ArgumentException("The runs must have a quantity in common but have none.", nameof(comparison));
        string[] names = [.. comparison.Names.Select(name => name.Length <= LongestName ? name : $"…{name[^(LongestName - 1)..]}")];
        PlotSheet.Save([.. comparison.Quantities.Select(quantity => quantity.Curves.All(curve => curve.Count <= 1) ? Points(quantity, names) : Curves(quantity, names))], columns: 1, PanelWidth, PanelHeight, path);
    }

    private static Plot Curves(ComparedQuantity quantity, string[] names)
    {
        var plot = PlotSheet.Panel(quantity.Name, "step", quantity.Unit);
        foreach (var (index, curve) in quantity.Curves.Index())
        {
            if (curve.Count == 0)
                continue;
            var color = ColorOf(index);
            var bounded = curve.Where(HasInterval).ToArray();
            if (bounded.Length > 1)
            {
                var band = plot.Add.FillY(bounded.Select(value => (double)value.Step).ToArray(), bounded.Select(value => value.Estimate.Lower!.Value).ToArray(), bounded.Select(value => value.Estimate.Upper!.Value).ToArray());
                (band.FillColor, band.LineWidth) = (color.WithAlpha(0.15), 0);
            }
            PlotSheet.Line(plot, curve, value => value.Step, value => value.Estimate.Value, color, names[index]).LinePattern = Patterns[index % Patterns.Length];
        }
        // Beside the curves: inside it would hide the ends of some.
        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private static Plot Points(ComparedQuantity quantity, string[] names)
    {
        var plot = PlotSheet.Panel(quantity.Name, quantity.Unit, "");
        foreach (var (index, value) in quantity.Last.Index())
        {
            if (value is null)
                continue;
            var (row, color) = (names.Length - 1 - index, ColorOf(index));
            if (HasInterval(value))
            {
                var interval = plot.Add.Line(value.Estimate.Lower!.Value, row, value.Estimate.Upper!.Value, row);
                (interval.LineColor, interval.LineWidth) = (color, 2);
            }
            var dot = plot.Add.ScatterPoints(new[] { value.Estimate.Value }, new[] { (double)row }, color);
            (dot.MarkerSize, dot.MarkerShape) = (9, MarkerShape.FilledCircle);
        }
        if (quantity.Last.Select(value => value?.OfReal).FirstOrDefault(real => real is { } number && double.IsFinite(number)) is { } ofReal)
        {
            var line = plot.Add.VerticalLine(ofReal, 1.5f, Palette.Faint, LinePattern.Dotted);
            line.LegendText = "real samples";
            plot.ShowLegend(Edge.Right);
        }
        plot.Axes.Margins(0.1, 0);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. names.Select((_, index) => (double)(names.Length - 1 - index))], names);
        plot.Axes.AutoScaleX();
        plot.Axes.SetLimitsY(-0.6, names.Length - 0.4);
        return plot;
    }

    private static Color ColorOf(int index) => Palette.Series[index % Palette.Series.Length];

    private static bool HasInterval(ComparedValue value) => value.Estimate is { Lower: { } lower, Upper: { } upper } && double.IsFinite(lower) && double.IsFinite(upper);
}
