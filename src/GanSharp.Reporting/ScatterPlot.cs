using ScottPlot;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>Points of the plane: what the data is and what the generator makes.</summary>
public static class ScatterPlot
{
    private const int PanelWidth = 440, PanelHeight = 440;

    /// <summary>Saves the panels side by side as PNG, all with the axes that the real samples need.</summary>
    /// <param name="panels">At least one.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">There is no panel, or samples aren't points of the plane.</exception>
    public static void Save(IReadOnlyList<ScatterPanel> panels, string path)
    {
        ArgumentNullException.ThrowIfNull(panels);
        if (panels.Count == 0)
            throw new ArgumentException("panels must hold at least one panel but is empty.", nameof(panels));
        var drawn = panels.Select(panel => (panel.Title, Points(panel.Real, panel.Title), Points(panel.Generated, panel.Title))).ToArray();
        ReportFile.Save(path, file => Write(drawn, file));
    }

    /// <summary>Draws panels whose points are numbers already.</summary>
    internal static void Write(IReadOnlyList<(string Title, Coordinates[] Real, Coordinates[] Generated)> panels, Stream stream)
    {
        var reach = 1.25 * panels.SelectMany(panel => panel.Real).Max(point => Math.Max(Math.Abs(point.X), Math.Abs(point.Y)));
        PlotSheet.Write([.. panels.Select((panel, index) => Draw(panel.Title, panel.Real, panel.Generated, reach, isFirst: index == 0))],
            panels.Count, PanelWidth, PanelHeight, stream);
    }

    private static Plot Draw(string title, Coordinates[] real, Coordinates[] generated, double reach, bool isFirst)
    {
        var plot = PlotSheet.Panel(title, "x₁", isFirst ? "x₂" : "");
        Dots(real, Palette.Faint.WithAlpha(0.45), 5, "real");
        Dots(generated, Palette.Generator.WithAlpha(0.45), 3.5f, "generated");
        plot.Axes.SetLimits(-reach, reach, -reach, reach);
        if (isFirst)
            plot.ShowLegend(Alignment.UpperRight);
        return plot;

        void Dots(Coordinates[] points, Color color, float size, string name)
        {
            var dots = plot.Add.ScatterPoints(points, color);
            (dots.MarkerSize, dots.MarkerShape, dots.LegendText) = (size, MarkerShape.FilledCircle, name);
        }
    }

    internal static Coordinates[] Points(Tensor samples, string title)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 2 || samples.shape[1] != 2 || samples.shape[0] == 0)
            throw new ArgumentException($"Panel '{title}': samples must have shape [N, 2] but have shape [{string.Join(", ", samples.shape)}].", nameof(samples));
        using var scope = NewDisposeScope();
        var values = samples.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        return [.. Enumerable.Range(0, values.Length / 2).Select(index => new Coordinates(values[2 * index], values[2 * index + 1]))];
    }
}
