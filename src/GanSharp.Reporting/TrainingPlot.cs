using GanSharp.Diagnostics;
using GanSharp.Training;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>The course of a run as a picture: losses above, the divergence with its interval below.</summary>
public static class TrainingPlot
{
    private const int PanelWidth = 900, PanelHeight = 330;

    /// <summary>Saves the picture as PNG.</summary>
    /// <param name="reports">The run's reports in order, at least one.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">There are no reports.</exception>
    public static void Save(IReadOnlyList<StepReport> reports, string path)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0)
            throw new ArgumentException("reports must hold at least one report but is empty.", nameof(reports));
        List<Plot> panels = [Losses(reports)];
        if (reports.Any(report => report.JensenShannon is not null))
            panels.Add(Divergence(reports));
        PlotSheet.Save(panels, columns: 1, PanelWidth, PanelHeight, path);
    }

    private static Plot Losses(IReadOnlyList<StepReport> reports)
    {
        var plot = PlotSheet.Panel("Losses, mean since the previous report", "generator step", "loss (nats)");
        Line(plot, reports, report => report.DiscriminatorLoss, Palette.Discriminator, "discriminator");
        Line(plot, reports, report => report.GeneratorLoss, Palette.Generator, "generator");
        if (reports.Any(report => report.Penalty != 0))
            Line(plot, reports, report => report.Penalty, Palette.Penalty, "gradient penalty");
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }

    private static Plot Divergence(IReadOnlyList<StepReport> reports)
    {
        var plot = PlotSheet.Panel("Distance from the data: JS divergence is at least …", "generator step", "nats");
        var measured = reports.Where(report => report.JensenShannon is not null).ToArray();
        var steps = measured.Select(report => (double)report.Step).ToArray();
        var band = plot.Add.FillY(steps,
            [.. measured.Select(report => report.JensenShannon!.Value.Lower)], [.. measured.Select(report => report.JensenShannon!.Value.Upper)]);
        band.FillColor = Palette.Divergence.WithAlpha(0.18);
        band.LineWidth = 0;
        band.LegendText = "95% interval";
        Line(plot, measured, report => report.JensenShannon!.Value.Value, Palette.Divergence, "lower bound on held-out data");
        var ceiling = plot.Add.HorizontalLine(JensenShannon.Maximum, 1.5f, Palette.Faint, LinePattern.Dotted);
        ceiling.LegendText = "ln 2: nothing in common";
        plot.Axes.SetLimitsY(Math.Min(-0.02, measured.Min(report => report.JensenShannon!.Value.Lower) * 1.05), 0.74);
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }

    private static void Line(Plot plot, IReadOnlyList<StepReport> reports, Func<StepReport, double> value, Color color, string name)
    {
        var line = plot.Add.ScatterLine(reports.Select(report => (double)report.Step).ToArray(), reports.Select(value).ToArray(), color);
        line.LineWidth = 2;
        line.LegendText = name;
        // A line through one point is invisible.
        if (reports.Count == 1)
            line.MarkerSize = 8;
    }
}
