using GanSharp.Training.Runs;

namespace GanSharp.Reporting;

/// <summary>The file of <see cref="ReportCsv.WithCsv"/>, from its first report on.</summary>
/// <param name="path">The file.</param>
/// <param name="lastKept">The step up to which lines that are there stay; null for the one at which the first report's run began, or where no run made it for all before it.</param>
internal sealed class ReportTable(string path, long? lastKept = null) : IDisposable
{
    private CsvFile? file;

    public void Write(TrainingReport report)
    {
        var (common, own) = ReportCsv.Line(report);
        if (file is null)
        {
            var kept = lastKept ?? report.StartStep ?? report.Step - 1;
            file = new CsvFile(path, common.Select(column => column.Name), line => long.TryParse(line.Split(',')[0], out var step) && step <= kept);
        }
        file.Write([.. common, .. own]);
    }

    public void Dispose() => file?.Dispose();
}
