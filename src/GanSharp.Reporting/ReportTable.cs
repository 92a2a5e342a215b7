using GanSharp.Training.Runs;

namespace GanSharp.Reporting;

/// <summary>The file of <see cref="ReportCsv.WithCsv"/>, from its first report on.</summary>
internal sealed class ReportTable(string path) : IDisposable
{
    private CsvFile? file;

    public void Write(TrainingReport report)
    {
        var (common, own) = ReportCsv.Line(report);
        file ??= new CsvFile(path, common.Select(column => column.Name), line => long.TryParse(line.Split(',')[0], out var step) && step < report.Step);
        file.Write([.. common, .. own]);
    }

    public void Dispose() => file?.Dispose();
}
