using GanSharp.Diagnostics.Reports;
using GanSharp.Divergences;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>How far p_g is from p_d over a run: D's bound with its band, the auditor's where there was one, and the truth where it is known.</summary>
internal static class DivergencePanel
{
    // A D that is no density ratio has bounds of −24; the axis is for divergences.
    private const double LowestShown = -0.1;

    public static Plot Draw(IReadOnlyList<DiagnosticReport> looks)
    {
        var plot = PlotSheet.Panel($"Distance of {(looks[^1].IsOfAverage ? "G's average" : "G")} from the data: JS divergence is at least …", "generator step", "nats");
        var ceiling = plot.Add.HorizontalLine(JensenShannon.Maximum, 1.5f, Palette.Faint, LinePattern.Dotted);
        ceiling.LegendText = "ln 2: nothing in common";
        var bounded = looks.Where(look => look.JensenShannon is not null).ToArray();
        if (bounded.Length > 0)
            PlotSheet.Band(plot, bounded, look => look.Step, look => look.JensenShannon!.Value, Palette.Divergence, OwnBound(looks[^1].Divergence));
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
        plot.Axes.SetLimits(0, looks[^1].Step * 1.02, Math.Clamp(lowest * 1.05, LowestShown, -0.02), 0.74);
        if (bounded.Length == 0 && audited.Length == 0)
            return PlotSheet.Note(plot, $"not read: {looks[^1].Refusal}");
        PlotSheet.LegendBelow(plot);
        return plot;
    }

    private static string OwnBound(DivergenceReading last) => last.Standing switch
    {
        DivergenceStanding.Unaudited => "D's bound: says nothing yet of how close, no auditor has looked",
        DivergenceStanding.DiscriminatorBlind => "D's bound: says nothing yet, D sees less than half of the auditor's",
        DivergenceStanding.NotARatio => "D's bound: below 0, so D is no density ratio",
        _ => "D's bound on held-out data, 95% interval",
    };
}
