using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>
/// Figure 1 of Goodfellow et al. 2014: the data's density (dotted), the generator's (solid), D (dashed), here beside D*,
/// and below them how G carries z to x.
/// </summary>
public static class DensityPlot
{
    private const int PanelWidth = 440, PanelHeight = 420;
    private const double UpperAxis = -0.12, LowerAxis = -0.42;

    /// <summary>Saves the panels side by side as PNG.</summary>
    /// <param name="panels">At least one.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">There is no panel, or the curves of one differ in length.</exception>
    public static void Save(IReadOnlyList<DensityPanel> panels, string path)
    {
        ArgumentNullException.ThrowIfNull(panels);
        if (panels.Count == 0)
            throw new ArgumentException("panels must hold at least one panel but is empty.", nameof(panels));
        foreach (var panel in panels)
            foreach (var curve in new[] { panel.Data, panel.Generator, panel.Discriminator, panel.Optimum })
                if (curve.Count != panel.Points.Count)
                    throw new ArgumentException($"Panel '{panel.Title}': every curve must have the {panel.Points.Count} values of Points but one has {curve.Count}.", nameof(panels));
        PlotSheet.Save([.. panels.Select((panel, index) => Draw(panel, isFirst: index == 0))], panels.Count, PanelWidth, PanelHeight, path);
    }

    private static Plot Draw(DensityPanel panel, bool isFirst)
    {
        var plot = PlotSheet.Panel(panel.Title, "x", isFirst ? "density, or probability of D" : "");
        double[] points = [.. panel.Points];
        Curve(panel.Optimum, Palette.Optimum, LinePattern.Solid, 4, "D* = p_d / (p_d + p_g)");
        Curve(panel.Discriminator, Palette.Discriminator, LinePattern.Dashed, 2, "D");
        Curve(panel.Generator, Palette.Generator, LinePattern.Solid, 2.5f, "p_g, generator");
        Curve(panel.Data, Palette.Data, LinePattern.Dotted, 2.5f, "p_d, data");
        Arrows(plot, panel.Mapping, left: points[0]);
        var top = Math.Max(1.05, panel.Data.Concat(panel.Generator).Max() * 1.05);
        // Room above the curves, so that the legend hides none.
        plot.Axes.SetLimits(points[0], points[^1], panel.Mapping.Count == 0 ? -0.05 : LowerAxis - 0.13, top + 0.55);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"]);
        if (isFirst)
            plot.ShowLegend(Alignment.UpperLeft);
        return plot;

        void Curve(IReadOnlyList<double> values, Color color, LinePattern pattern, float width, string name)
        {
            var line = plot.Add.ScatterLine(points, [.. values], color);
            (line.LinePattern, line.LineWidth, line.LegendText) = (pattern, width, name);
        }
    }

    private static void Arrows(Plot plot, IReadOnlyList<(double Latent, double Sample)> mapping, double left)
    {
        if (mapping.Count == 0)
            return;
        foreach (var (height, name) in new[] { (UpperAxis, "x"), (LowerAxis, "z") })
        {
            plot.Add.HorizontalLine(height, 1, Palette.Faint);
            var label = plot.Add.Text($" {name}", left, height);
            (label.LabelFontColor, label.LabelFontName, label.LabelFontSize, label.LabelAlignment) = (Palette.Faint, PlotFonts.Name, 13, Alignment.LowerLeft);
        }
        foreach (var (latent, sample) in mapping)
        {
            var arrow = plot.Add.Arrow(latent, LowerAxis, sample, UpperAxis);
            (arrow.ArrowFillColor, arrow.ArrowLineColor, arrow.ArrowLineWidth) = (Palette.Faint, Palette.Faint, 0);
            (arrow.ArrowWidth, arrow.ArrowheadWidth, arrow.ArrowheadLength, arrow.ArrowheadAxisLength) = (1, 6, 7, 7);
        }
    }
}
