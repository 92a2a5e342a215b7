using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>The reports that plots are drawn from: those that this process has seen, thinned where they are many.</summary>
internal sealed class RunPlots(RunLayout layout)
{
    private readonly ThinnedReports<TrainingReport> reports = new(report => report.Metrics.Count > 0);

    /// <summary>Whether there is something to draw that isn't drawn.</summary>
    public bool IsDue { get; private set; }

    public void Add(TrainingReport report)
    {
        reports.Add(report);
        IsDue = true;
    }

    public void Draw()
    {
        var shown = reports.All;
        if (shown.Count == 0)
            return;
        IsDue = false;
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
        if (step == 0)
            reports.Clear();
        else
            reports.RemoveAll(report => report.Step > step);
        IsDue &= reports.All.Count > 0;
    }
}
