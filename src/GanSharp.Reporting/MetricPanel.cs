using GanSharp.Metrics;
using GanSharp.Training.Runs;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>What the metrics found over a run, a panel for each that was measured more than once: a single value is no curve, and stands in the page's table.</summary>
internal static class MetricPanel
{
    public static IEnumerable<Plot> DrawAll(IReadOnlyList<TrainingReport> reports) =>
        reports.SelectMany(report => report.Metrics.Keys).CountBy(name => name).Where(entry => entry.Value > 1).Select(entry => Draw(reports, entry.Key));

    private static Plot Draw(IReadOnlyList<TrainingReport> reports, string name)
    {
        var readings = reports.Select(report => report.Metrics.GetValueOrDefault(name)).Where(reading => reading is not null && double.IsFinite(reading.Value)).Select(reading => reading!).ToArray();
        var better = reports.Select(report => report.Metrics.GetValueOrDefault(name)).First(reading => reading is not null)!.Goal.ToText();
        var plot = PlotSheet.Panel($"{name} ({better} is better)", "step", "");
        if (readings.Length == 0)
            return PlotSheet.Note(plot, "no finite value");
        var color = Palette.Series[0];
        var withInterval = readings.Where(reading => reading.Interval is not null).ToArray();
        if (withInterval.Length == readings.Length)
            PlotSheet.Band(plot, readings, reading => reading.Step, reading => reading.Interval!.Value, color, "with its 95% interval");
        else
            PlotSheet.Line(plot, readings, reading => reading.Step, reading => reading.Value, color, name);
        if (withInterval.Length == readings.Length)
            PlotSheet.LegendBelow(plot);
        return plot;
    }
}
