using GanSharp.Diagnostics.Reports;
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
        if (reports.Select(report => report.Diagnostics).OfType<DiagnosticReport>().ToArray() is { Length: > 0 } looks)
            panels.Add(DivergencePanel.Draw(looks));
        PlotSheet.Save(panels, columns: 1, PanelWidth, PanelHeight, path);
    }

    private static Plot Losses(IReadOnlyList<StepReport> reports)
    {
        var plot = PlotSheet.Panel("Losses, mean since the previous report", "generator step", "loss (nats)");
        Line(report => report.DiscriminatorLoss, Palette.Discriminator, "discriminator");
        Line(report => report.GeneratorLoss, Palette.Generator, "generator");
        if (reports.Any(report => report.Penalty != 0))
            Line(report => report.Penalty, Palette.Penalty, "gradient penalty");
        plot.ShowLegend(Alignment.UpperRight);
        return plot;

        void Line(Func<StepReport, double> value, Color color, string name) => PlotSheet.Line(plot, reports, report => report.Step, value, color, name);
    }
}
