using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Consoles;

/// <summary>Where the reports of a run are shown while they come. Disposed when the run ends, however it does.</summary>
internal interface IReportDisplay : IDisposable
{
    void Show(TrainingReport report);
}
