using GanSharp.Reporting.Runs;
using GanSharp.Training.Runs;

namespace GanSharp.Live;

/// <summary>A run's reports with a page that shows them.</summary>
public static class LivePageReports
{
    /// <summary>Passes the reports on, and serves the run's folder as a page from the first step to the last; <see cref="LivePageOptions.KeepServing"/> until the process ends.</summary>
    /// <param name="reports">The run; it must also write the folder, before this: <c>.WithRunFolder(folder).WithLivePage(folder)</c>.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="options">Null for the defaults: this machine only, at a free port, which is printed.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    /// <returns>The same reports in order. The page is served while they are enumerated, by rank 0 where several processes train together.</returns>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="IOException">On the first step: the port is in use, or the address isn't this machine's.</exception>
    public static IEnumerable<TReport> WithLivePage<TReport>(this IEnumerable<TReport> reports, RunFolder folder, LivePageOptions? options = null)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new LivePageOptions();
        options.ThrowIfInvalid();
        if (folder.Trainer is { Rank: > 0 })
            return reports;
        return Serve(reports, folder, options);
    }

    private static IEnumerable<TReport> Serve<TReport>(IEnumerable<TReport> reports, RunFolder folder, LivePageOptions options)
    {
        var page = LivePage.Start(folder, options);
        try
        {
            using var run = reports.GetEnumerator();
            try
            {
                while (run.MoveNext())
                    yield return run.Current;
            }
            finally
            {
                // Before the run is cleaned up, which would wait for a pause to end.
                page.EndRun();
            }
        }
        finally
        {
            if (!options.KeepServing)
                page.Dispose();
        }
    }
}
