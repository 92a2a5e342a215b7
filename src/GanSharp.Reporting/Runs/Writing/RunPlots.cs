using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>The reports that plots are drawn from: of a long run every second, fourth, … one, so that they don't fill the memory, and always the last.</summary>
internal sealed class RunPlots(RunLayout layout)
{
    private const int MostReports = 2_000;
    private readonly List<TrainingReport> reports = [];
    private long added, stride = 1;
    private TrainingReport? last;

    /// <summary>Whether there is something to draw that isn't drawn.</summary>
    public bool IsDue { get; private set; }

    public void Add(TrainingReport report)
    {
        last = report;
        IsDue = true;
        // One that a run with measurements makes at its end alone is worth keeping.
        if (added++ % stride != 0 && report.Metrics.Count == 0)
            return;
        reports.Add(report);
        if (reports.Count <= MostReports)
            return;
        stride *= 2;
        TrainingReport[] kept = [.. reports.Where((kept, index) => index % 2 == 0)];
        reports.Clear();
        reports.AddRange(kept);
    }

    public void Draw()
    {
        if (last is null)
            return;
        IsDue = false;
        TrainingReport[] shown = [.. reports, .. reports[^1] == last ? Array.Empty<TrainingReport>() : [last]];
        if (shown is [AutoencoderReport, ..])
        {
            TrainingPlot.Save([.. shown.Cast<AutoencoderReport>()], layout.TrainingPlot);
            return;
        }
        StepReport[] game = [.. shown.Cast<StepReport>()];
        TrainingPlot.Save(game, layout.TrainingPlot);
        if (game.Any(report => report.Diagnostics is not null))
            DiagnosticsPlot.Save(game, layout.DiagnosticsPlot);
    }

    /// <summary>Forgets the reports of steps after one at which the run goes on.</summary>
    public void GoOnFrom(long step)
    {
        reports.RemoveAll(report => report.Step > step);
        if (last?.Step > step)
            last = reports.LastOrDefault();
        IsDue &= last is not null;
    }
}
