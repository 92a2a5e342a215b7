using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Training;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>
/// What the diagnostics say of a run on one page: the divergence with its band (and the true one where it is known), how far D is from D*,
/// whether D's probabilities are frequencies, the verdicts on the run's health, and each metric.
/// </summary>
public static class DiagnosticsPlot
{
    private const int PanelWidth = 720, PanelHeight = 400;

    // Bad verdicts below, so that a healthy run draws a line along the top.
    private static readonly HealthVerdict[] VerdictRows =
    [
        HealthVerdict.NotADensityRatio, HealthVerdict.GeneratorCollapsed, HealthVerdict.GeneratorDropsModes, HealthVerdict.DiscriminatorOverwhelms, HealthVerdict.DiscriminatorMemorizes, HealthVerdict.Oscillating,
        HealthVerdict.Balanced, HealthVerdict.ReadyToStop,
    ];

    /// <summary>Saves the page as PNG.</summary>
    /// <param name="reports">The run's reports in order; at least one must hold diagnostics.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">No report holds diagnostics.</exception>
    public static void Save(IReadOnlyList<StepReport> reports, string path)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var measured = reports.Where(report => report.Diagnostics is not null).ToArray();
        if (measured.Length == 0)
            throw new ArgumentException("reports must hold at least one with diagnostics, such as those of Train(…).Every(…), but none has any.", nameof(reports));
        var looks = measured.Select(report => report.Diagnostics!).ToArray();
        PlotSheet.Save([DivergencePanel.Draw(looks), Gap(looks), Reliability(looks), Verdicts(measured), .. MetricPanel.DrawAll(reports)], columns: 2, PanelWidth, PanelHeight, path);
    }

    private static Plot Gap(DiagnosticReport[] looks)
    {
        var isTrue = looks.Any(look => look.TrueJensenShannon is not null);
        var plot = PlotSheet.Panel(isTrue ? "Optimality gap of D: true JS − bound" : "Optimality gap of D: a fresh auditor's bound − D's", "generator step", "nats");
        var known = looks.Where(look => look.OptimalityGap is not null).ToArray();
        plot.Add.HorizontalLine(0, 1, Palette.Faint, LinePattern.Dotted);
        if (known.Length == 0)
            return PlotSheet.Note(plot, looks[^1].Refusal is null ? "not known: no auditor has looked (DiagnosticOptions.Auditor), and no densities are given" : "refused: D's logit is no density ratio");
        PlotSheet.Band(plot, known, look => look.Step, look => look.OptimalityGap!.Value, Palette.Optimum, "gap, with its 95% interval");
        plot.Axes.SetLimits(0, looks[^1].Step * 1.02, Math.Min(-0.02, 1.1 * known.Min(look => look.OptimalityGap!.Value.Lower)), Math.Max(0.02, 1.3 * known.Max(look => look.OptimalityGap!.Value.Upper)));
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }

    private static Plot Reliability(DiagnosticReport[] looks)
    {
        var plot = PlotSheet.Panel("Calibration of D at the last report", "D(x): probability that x is real", "share that is real");
        var last = looks.LastOrDefault(look => look.Calibration is not null);
        if (last?.Calibration is not { } calibration)
            return PlotSheet.Note(plot, "refused: D's logit is no density ratio");
        var diagonal = plot.Add.Line(0, 0, 1, 1);
        (diagonal.LineColor, diagonal.LinePattern, diagonal.LegendText) = (Palette.Faint, LinePattern.Dotted, "calibrated");
        var bins = calibration.Curve;
        foreach (var bin in bins)
            plot.Add.Line(bin.MeanPrediction, bin.ObservedFraction.Lower, bin.MeanPrediction, bin.ObservedFraction.Upper).LineColor = Palette.Discriminator.WithAlpha(0.5);
        var points = plot.Add.Scatter(bins.Select(bin => bin.MeanPrediction).ToArray(), bins.Select(bin => bin.ObservedFraction.Value).ToArray(), Palette.Discriminator);
        (points.MarkerSize, points.LineWidth) = (7, 1.5f);
        points.LegendText = FormattableString.Invariant($"D, ECE {calibration.ExpectedError:0.000} (a calibrated D: {calibration.CalibratedError.Value:0.000})");
        plot.Axes.SetLimits(-0.02, 1.02, -0.02, 1.02);
        PlotSheet.LegendBelow(plot);
        return plot;
    }

    private static Plot Verdicts(StepReport[] reports)
    {
        var plot = PlotSheet.Panel($"Health: {reports[^1].Health}", "generator step", "");
        foreach (var (verdict, row) in VerdictRows.Select((verdict, row) => (verdict, row)))
        {
            var finding = new HealthFinding(verdict, "", "");
            var steps = reports.Where(report => report.Health?.Findings.Any(found => found.Verdict == verdict) == true).Select(report => (double)report.Step).ToArray();
            if (steps.Length == 0)
                continue;
            var dots = plot.Add.ScatterPoints(steps, steps.Select(_ => (double)row).ToArray(), finding.IsProblem ? Palette.Bad : Palette.Generator);
            (dots.MarkerSize, dots.MarkerShape) = (9, MarkerShape.FilledSquare);
        }
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. VerdictRows.Select((_, row) => (double)row)], [.. VerdictRows.Select(verdict => new HealthFinding(verdict, "", "").Name)]);
        plot.Axes.SetLimits(0, reports[^1].Step * 1.02, -0.6, VerdictRows.Length - 0.4);
        return plot;
    }
}
