using System.Globalization;
using GanSharp.Training.Runs;
using Spectre.Console;

namespace GanSharp.Reporting.Consoles;

/// <summary>Lines without control codes, for a log, or for someone who wants quiet.</summary>
internal sealed class LogDisplay(TrainingRun run, IAnsiConsole console, ConsoleVerbosity verbosity) : IReportDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private TrainingReport? latest;
    private TimeSpan? shown;

    public void Show(TrainingReport report)
    {
        latest = report;
        if (verbosity == ConsoleVerbosity.Quiet)
        {
            // The last report names its own.
            if (report.Step < report.LastStep)
                foreach (var warning in report.Warnings)
                    Write(string.Create(CultureInfo.InvariantCulture, $"step {report.Step,6}  ! {warning}"));
            return;
        }
        if (verbosity == ConsoleVerbosity.Normal && shown is { } last && report.Elapsed - last < Pause && report.Step < report.LastStep)
            return;
        shown = report.Elapsed;
        Write($"{report}  {DurationText.Of(ConsoleProgress.SecondsLeft(run, report.Step, report.Elapsed))} left");
        if (verbosity != ConsoleVerbosity.Verbose)
            return;
        if (ReportText.Terms(report) is { Length: > 0 } terms)
            Write($"             {terms}");
        foreach (var metric in ReportText.Metrics(report))
            Write($"             {metric}");
        foreach (var (_, finding) in ReportText.Findings(report))
            Write($"             {finding}");
    }

    public void Dispose()
    {
        if (verbosity == ConsoleVerbosity.Quiet && latest is not null)
            Write($"{latest}");
    }

    private void Write(string line) => ConsoleWrite.Try(() => console.Profile.Out.Writer.WriteLine(line));
}
