using GanSharp.Training.Runs;

namespace GanSharp.Reporting.Runs;

/// <summary>Runs that write into a folder.</summary>
public static class RunFolders
{
    /// <summary>
    /// Passes the reports on and keeps each in the folder, with a picture of samples; a thread of its own writes, and training never waits for it. A run that was resumed goes on in its folder: what was there
    /// of later steps than its start is dropped, and a new run (from step 0) drops everything that was there of another; both at its first report, so that a run that is refused before drops nothing.
    /// What is trained doesn't change, bit for bit.
    /// The end of the sequence, however it ends, waits until everything is written, at most <see cref="RunFolderOptions.FlushTimeout"/>.
    /// Where writing fails the run goes on, and <see cref="RunFolder.Warnings"/> says so.
    /// </summary>
    /// <param name="reports">The run, such as <c>trainer.Train(10_000).Every(500)</c>, of the trainer that the folder was created with.</param>
    /// <param name="folder">A folder of <see cref="RunFolder.Create"/>.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    /// <returns>The same reports in order. The folder is filled while they are enumerated.</returns>
    /// <exception cref="ArgumentException">The folder was opened to be read.</exception>
    public static IEnumerable<TReport> WithRunFolder<TReport>(this IEnumerable<TReport> reports, RunFolder folder)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(folder);
        if (folder.Trainer is { Rank: > 0 })
            return reports;
        if (folder.Writer is not { } writer)
            throw new ArgumentException($"folder must be one of RunFolder.Create but '{folder.FullName}' was opened to be read.", nameof(folder));
        return Write(reports, writer);
    }

    private static IEnumerable<TReport> Write<TReport>(IEnumerable<TReport> reports, Writing.RunWriter writer)
        where TReport : TrainingReport
    {
        writer.Prepare();
        try
        {
            using var run = reports.GetEnumerator();
            // A run that is refused throws here, and the folder keeps what another left.
            var isReported = run.MoveNext();
            writer.Begin();
            for (; isReported; isReported = run.MoveNext())
            {
                writer.Write(run.Current);
                yield return run.Current;
            }
        }
        finally
        {
            writer.End();
        }
    }
}
