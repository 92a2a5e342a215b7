using GanSharp.Diagnostics;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>How far p_g is from p_d over a run: D's bound with its band, the auditor's where there was one, and the truth where it is known.</summary>
internal static class DivergencePanel
{
    public static Plot Draw(IReadOnlyList<DiagnosticReport> looks)
    {
        var plot = PlotSheet.Panel("Distance from the data: JS divergence is at least …", "generator step", "nats");
        var ceiling = plot.Add.HorizontalLine(JensenShannon.Maximum, 1.5f, Palette.Faint, LinePattern.Dotted);
        ceiling.LegendText = "ln 2: nothing in common";
        var bounded = looks.Where(look => look.JensenShannon is not null).ToArray();
        if (bounded.Length > 0)
            PlotSheet.Band(plot, bounded, look => look.Step, look => look.JensenShannon!.Value, Palette.Divergence, "D's bound on held-out data, 95% interval");
        var known = looks.Where(look => look.TrueJensenShannon is not null).ToArray();
        if (known.Length > 0)
            PlotSheet.Line(plot, known, look => look.Step, look => look.TrueJensenShannon!.Value, Palette.Ink, "true JS divergence").LinePattern = LinePattern.Dashed;
        var audited = looks.Where(look => look.Audited is not null).ToArray();
        foreach (var look in audited)
            plot.Add.Line(look.Step, look.Audited!.Value.Lower, look.Step, look.Audited!.Value.Upper).LineColor = Palette.Auditor;
        if (audited.Length > 0)
        {
            var points = plot.Add.ScatterPoints(audited.Select(look => (double)look.Step).ToArray(), audited.Select(look => look.Audited!.Value.Value).ToArray(), Palette.Auditor);
            (points.MarkerSize, points.MarkerShape, points.LegendText) = (8, MarkerShape.FilledDiamond, "bound of a fresh auditor");
        }
        var lowest = bounded.Select(look => look.JensenShannon!.Value.Lower).Concat(audited.Select(look => look.Audited!.Value.Lower)).Append(0).Min();
        plot.Axes.SetLimits(0, looks[^1].Step * 1.02, Math.Min(-0.02, lowest * 1.05), 0.74);
        if (bounded.Length == 0 && audited.Length == 0)
            return PlotSheet.Note(plot, $"not read: {looks[^1].Refusal}");
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }
}
