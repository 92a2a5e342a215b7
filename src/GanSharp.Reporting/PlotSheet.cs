using GanSharp.Estimates;
using ScottPlot;
using SkiaSharp;

namespace GanSharp.Reporting;

/// <summary>Plots of one look, side by side or one above the other, in one PNG.</summary>
internal static class PlotSheet
{
    // Twice the layout's size, so that text stays sharp on a dense screen.
    private const int PixelsPerUnit = 2;

    /// <summary>An empty plot in the common look.</summary>
    public static Plot Panel(string title, string xLabel, string yLabel)
    {
        var plot = new Plot();
        PlotFonts.Use(plot);
        plot.Axes.Color(Palette.Ink);
        plot.Grid.MajorLineColor = Palette.GridLine;
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        // Half of the last tick's label stands to the right of the axis.
        plot.Axes.Right.MinimumSize = 14;
        plot.Title(title, 15);
        plot.XLabel(xLabel, 12);
        plot.YLabel(yLabel, 12);
        plot.Axes.Title.Label.ForeColor = Palette.Ink;
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = 11;
        plot.HideLegend();
        plot.Legend.FontSize = 12;
        plot.Legend.OutlineColor = Palette.GridLine;
        plot.Legend.ShadowColor = Colors.Transparent;
        return plot;
    }

    /// <summary>A line, or a dot where it has one point only.</summary>
    public static ScottPlot.Plottables.Scatter Line<T>(Plot plot, IReadOnlyList<T> items, Func<T, double> x, Func<T, double> y, Color color, string name)
    {
        var line = plot.Add.ScatterLine(items.Select(x).ToArray(), items.Select(y).ToArray(), color);
        line.LineWidth = 2;
        line.LegendText = name;
        // A line through one point is invisible.
        if (items.Count == 1)
            line.MarkerSize = 8;
        return line;
    }

    /// <summary>A line with the band of its intervals.</summary>
    public static void Band<T>(Plot plot, IReadOnlyList<T> items, Func<T, double> x, Func<T, Estimate> y, Color color, string name)
    {
        var band = plot.Add.FillY(items.Select(x).ToArray(), items.Select(item => y(item).Lower).ToArray(), items.Select(item => y(item).Upper).ToArray());
        band.FillColor = color.WithAlpha(0.18);
        band.LineWidth = 0;
        // A band through one point is invisible.
        if (items is [var only])
            plot.Add.Line(x(only), y(only).Lower, x(only), y(only).Upper).LineColor = color;
        Line(plot, items, x, item => y(item).Value, color, name);
    }

    /// <summary>The legend as a row under the axis: inside it would hide parts of the curves.</summary>
    public static void LegendBelow(Plot plot)
    {
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.TightHorizontalWrapping = true;
        // Nothing to frame beside the axis.
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.Padding = plot.Legend.Margin = new PixelPadding(2);
        plot.ShowLegend(Edge.Bottom).Padding = new PixelPadding(0);
    }

    /// <summary>The plot with a sentence in its middle in place of data.</summary>
    public static Plot Note(Plot plot, string sentence)
    {
        plot.Axes.SetLimits(0, 1, 0, 1);
        var text = plot.Add.Text(sentence, 0.5, 0.5);
        (text.LabelFontColor, text.LabelFontName, text.LabelFontSize, text.LabelAlignment) = (Palette.Faint, PlotFonts.Name, 13, Alignment.MiddleCenter);
        return plot;
    }

    /// <summary>Draws the panels, each of the given size, row by row, and saves them.</summary>
    public static void Save(IReadOnlyList<Plot> panels, int columns, int panelWidth, int panelHeight, string path) =>
        ReportFile.Save(path, file => Write(panels, columns, panelWidth, panelHeight, file));

    /// <summary>Draws the panels into a stream.</summary>
    public static void Write(IReadOnlyList<Plot> panels, int columns, int panelWidth, int panelHeight, Stream stream)
    {
        var rows = (panels.Count + columns - 1) / columns;
        using var surface = SKSurface.Create(new SKImageInfo(columns * panelWidth * PixelsPerUnit, rows * panelHeight * PixelsPerUnit));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(PixelsPerUnit);
        for (var index = 0; index < panels.Count; index++)
        {
            var (row, column) = Math.DivRem(index, columns);
            var (left, top) = (column * panelWidth, row * panelHeight);
            // A plot clears the whole canvas before it draws; the clip keeps it to its own part.
            surface.Canvas.Save();
            surface.Canvas.ClipRect(new SKRect(left, top, left + panelWidth, top + panelHeight));
            panels[index].Render(surface.Canvas, new PixelRect(left, left + panelWidth, top + panelHeight, top));
            surface.Canvas.Restore();
        }
        ReportFile.WritePng(surface, stream);
    }
}
