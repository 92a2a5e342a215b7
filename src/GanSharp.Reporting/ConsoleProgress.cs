using GanSharp.Reporting.Consoles;
using GanSharp.Training.Runs;
using Spectre.Console;

namespace GanSharp.Reporting;

/// <summary>
/// A run on the console. A terminal gets a few lines that are drawn anew in place: a bar with rate and time left, the losses by name, how far the generator is from the data and what that number is
/// worth, and the run's health in words. A log gets a line now and then, without control codes. Without colors where the variable NO_COLOR is set.
/// </summary>
public static class ConsoleProgress
{
    /// <summary>Passes the reports on and shows them. On a terminal the bar moves between reports too. Of several processes that train together, rank 0 shows them.</summary>
    /// <param name="run">The run, such as <c>trainer.Train(10_000).Every(100)</c>.</param>
    /// <param name="console">Where to show it; the process's console where null.</param>
    /// <param name="verbosity">How much to show. Default <see cref="ConsoleVerbosity.Normal"/>.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    /// <returns>The run's reports in order. Training and display begin when they are enumerated.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The verbosity is none of the three.</exception>
    public static IEnumerable<TReport> WithProgress<TReport>(this TrainingRun<TReport> run, IAnsiConsole? console = null, ConsoleVerbosity verbosity = ConsoleVerbosity.Normal)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!Enum.IsDefined(verbosity))
            throw new ArgumentOutOfRangeException(nameof(verbosity), verbosity, "verbosity must be Quiet, Normal or Verbose.");
        if (run.Rank > 0)
            return run;
        console ??= AnsiConsole.Console;
        return Show(run, console, verbosity);
    }

    private static IEnumerable<TReport> Show<TReport>(TrainingRun<TReport> run, IAnsiConsole console, ConsoleVerbosity verbosity)
        where TReport : TrainingReport
    {
        var showsLines = verbosity != ConsoleVerbosity.Quiet && console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
        using IReportDisplay display = showsLines ? new LiveLines(run, console, verbosity) : new LogDisplay(run, console, verbosity);
        foreach (var report in run)
        {
            display.Show(report);
            yield return report;
        }
    }

    /// <summary>Seconds until the run's last step at its pace so far; NaN before its first step.</summary>
    internal static double SecondsLeft(TrainingRun run, long step, TimeSpan elapsed)
    {
        var done = step - (run.LastStep - run.Steps);
        return done <= 0 ? double.NaN : elapsed.TotalSeconds * ((run.LastStep - step) / (double)done);
    }
}
