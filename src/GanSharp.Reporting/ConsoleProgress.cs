using System.Globalization;
using GanSharp.Training.Runs;
using Spectre.Console;

namespace GanSharp.Reporting;

/// <summary>A run on the console: a bar with rate and time left on a terminal, a line now and then in a log.</summary>
public static class ConsoleProgress
{
    /// <summary>Passes the reports on and shows them. On a terminal the bar moves between reports too.</summary>
    /// <param name="run">The run, such as <c>trainer.Train(10_000).Every(100)</c>.</param>
    /// <param name="console">Where to show it; the process's console where null.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    public static IEnumerable<TReport> WithProgress<TReport>(this TrainingRun<TReport> run, IAnsiConsole? console = null)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(run);
        console ??= AnsiConsole.Console;
        return console.Profile.Out.IsTerminal ? OnTerminal(run, console) : InLog(run, console);
    }

    private static IEnumerable<TReport> OnTerminal<TReport>(TrainingRun<TReport> run, IAnsiConsole console)
        where TReport : TrainingReport
    {
        using var bar = new ProgressBar(run, console);
        foreach (var report in run)
        {
            bar.Show(report);
            yield return report;
        }
    }

    private static IEnumerable<TReport> InLog<TReport>(TrainingRun<TReport> run, IAnsiConsole console)
        where TReport : TrainingReport
    {
        var pause = TimeSpan.FromSeconds(5);
        TimeSpan? shown = null;
        foreach (var report in run)
        {
            if (shown is null || report.Elapsed - shown >= pause || report.Step == report.LastStep)
            {
                shown = report.Elapsed;
                console.Profile.Out.Writer.WriteLine($"{report}  {Duration(TimeLeft(run, report.Step, report.Elapsed))} left");
            }
            yield return report;
        }
    }

    internal static TimeSpan TimeLeft(TrainingRun run, long step, TimeSpan elapsed)
    {
        var done = step - (run.LastStep - run.Steps);
        return done <= 0 ? TimeSpan.MaxValue : elapsed * ((run.LastStep - step) / (double)done);
    }

    internal static string Duration(TimeSpan time) => time == TimeSpan.MaxValue ? "--:--"
        : time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"mm\:ss", CultureInfo.InvariantCulture);
}
