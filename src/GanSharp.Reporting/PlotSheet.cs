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

    /// <summary>Draws the panels, each of the given size, row by row, and saves them.</summary>
    public static void Save(IReadOnlyList<Plot> panels, int columns, int panelWidth, int panelHeight, string path)
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
        PngFile.Save(surface, path);
    }
}
