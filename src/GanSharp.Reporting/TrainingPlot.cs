using GanSharp.Diagnostics.Reports;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>The course of a run as a picture, one panel below the other: losses, their named terms, the divergence with its interval, and each metric.</summary>
public static class TrainingPlot
{
    private const int PanelWidth = 900, PanelHeight = 360;

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
        // Two terms are the two losses.
        if (reports.Any(report => report.Terms.Count > 2))
            panels.Add(Terms(reports));
        if (reports.Select(report => report.Diagnostics).OfType<DiagnosticReport>().ToArray() is { Length: > 0 } looks)
            panels.Add(DivergencePanel.Draw(looks));
        panels.AddRange(MetricPanel.DrawAll(reports));
        PlotSheet.Save(panels, columns: 1, PanelWidth, PanelHeight, path);
    }

    /// <summary>Saves the course of a VAE's run: the bound with that of held-out data, its two parts, and each metric.</summary>
    /// <inheritdoc cref="Save(IReadOnlyList{StepReport}, string)"/>
    public static void Save(IReadOnlyList<AutoencoderReport> reports, string path)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0)
            throw new ArgumentException("reports must hold at least one report but is empty.", nameof(reports));
        PlotSheet.Save([BoundPanel.Draw(reports), BoundPanel.DrawParts(reports), .. MetricPanel.DrawAll(reports)], columns: 1, PanelWidth, PanelHeight, path);
    }

    private static Plot Terms(IReadOnlyList<StepReport> reports)
    {
        var plot = PlotSheet.Panel("Terms of the losses, mean since the previous report", "generator step", "loss");
        foreach (var (index, name) in reports.SelectMany(report => report.Terms.Keys).Distinct().Index())
        {
            var line = PlotSheet.Line(plot, [.. reports.Where(report => report.Terms.ContainsKey(name))], report => report.Step, report => report.Terms[name], Palette.Series[index % Palette.Series.Length], name);
            // R1 and R2, D's second and third term, lie on each other where both networks do their work; a dashed line shows the one below.
            line.LinePattern = index > 0 && index % 2 == 0 ? LinePattern.Dashed : LinePattern.Solid;
        }
        PlotSheet.LegendBelow(plot);
        return plot;
    }

    private static Plot Losses(IReadOnlyList<StepReport> reports)
    {
        var plot = PlotSheet.Panel("Losses, mean since the previous report", "generator step", "loss");
        Line(report => report.DiscriminatorLoss, Palette.Discriminator, "discriminator");
        Line(report => report.GeneratorLoss, Palette.Generator, "generator");
        if (reports.Any(report => report.Penalty != 0))
            Line(report => report.Penalty, Palette.Penalty, "gradient penalty");
        if (reports.Any(report => report.GeneratorPenalty != 0))
            Line(report => report.GeneratorPenalty, Palette.Auditor, "penalty of G");
        PlotSheet.LegendBelow(plot);
        return plot;

        void Line(Func<StepReport, double> value, Color color, string name) => PlotSheet.Line(plot, reports, report => report.Step, value, color, name);
    }
}
