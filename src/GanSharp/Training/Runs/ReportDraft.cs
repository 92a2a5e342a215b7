using GanSharp.Training.Telemetry;

namespace GanSharp.Training.Runs;

/// <summary>A report in the making: the means of the steps since the last one, then what is measured, then the rest.</summary>
/// <typeparam name="TReport">The trainer's kind of report.</typeparam>
internal abstract class ReportDraft<TReport>
{
    /// <summary>The means, where one of them isn't finite; null where all are, or where no update was made.</summary>
    public abstract string? NotFinite { get; }

    /// <summary>Measures what this kind of report has beside metrics. What fails is said in the report and doesn't end the run.</summary>
    public abstract void Look(bool isLast, CancellationToken cancellation);

    /// <summary>The report.</summary>
    public abstract TReport Finish(ReportFrame frame);

    /// <summary>Tells whoever listens to the run.</summary>
    public abstract void Tell(RunEvents events, double samplesPerSecond);
}
