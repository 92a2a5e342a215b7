using System.Globalization;
using GanSharp.Training;

namespace GanSharp.Reporting;

/// <summary>Reports as a table that every tool reads.</summary>
public static class ReportCsv
{
    private const string Header = "step,discriminator_loss,generator_loss,penalty,value_nats,js_bound_nats,js_lower_nats,js_upper_nats,samples_per_second,elapsed_seconds";

    /// <summary>Passes the reports on and writes each as a line, at once, so that an interrupted run leaves what it had. Missing values are empty.</summary>
    /// <param name="reports">The run.</param>
    /// <param name="path">The file; one that is there is replaced when the run begins.</param>
    public static IEnumerable<StepReport> WithCsv(this IEnumerable<StepReport> reports, string path)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Write(reports, path);
    }

    private static IEnumerable<StepReport> Write(IEnumerable<StepReport> reports, string path)
    {
        using var file = new StreamWriter(path) { AutoFlush = true };
        file.WriteLine(Header);
        foreach (var report in reports)
        {
            var js = report.JensenShannon;
            double?[] values =
            [
                report.DiscriminatorLoss, report.GeneratorLoss, report.Penalty, report.Value,
                js?.Value, js?.Lower, js?.Upper, report.SamplesPerSecond, report.Elapsed.TotalSeconds,
            ];
            file.WriteLine($"{report.Step},{string.Join(',', values.Select(value => value?.ToString("R", CultureInfo.InvariantCulture)))}");
            yield return report;
        }
    }
}
