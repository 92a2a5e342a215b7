using System.Globalization;
using System.Text;
using GanSharp.Training;

namespace GanSharp.Reporting;

/// <summary>Reports as a table that every tool reads.</summary>
public static class ReportCsv
{
    private const string Header = "step,discriminator_loss,generator_loss,penalty,value_nats,js_bound_nats,js_lower_nats,js_upper_nats,samples_per_second,elapsed_seconds,"
        + "audited_nats,audited_lower_nats,audited_upper_nats,model,standing";

    /// <summary>
    /// Passes the reports on and writes each as a line, at once, so that an interrupted run leaves what it had. Missing values are empty.
    /// js_… is D's bound, audited_… the auditor's where one looked, model who was measured ("average of G" or "G"), and standing what the bounds are worth
    /// (<see cref="GanSharp.Diagnostics.Reports.DivergenceStanding"/>).
    /// A file that is there keeps its lines of earlier steps, so that a resumed run goes on in it and a new one replaces it.
    /// </summary>
    /// <param name="reports">The run.</param>
    /// <param name="path">The file.</param>
    public static IEnumerable<StepReport> WithCsv(this IEnumerable<StepReport> reports, string path)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Write(reports, path);
    }

    private static IEnumerable<StepReport> Write(IEnumerable<StepReport> reports, string path)
    {
        StreamWriter? file = null;
        try
        {
            foreach (var report in reports)
            {
                file ??= Open(path, report.Step);
                file.WriteLine(Line(report));
                yield return report;
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static StreamWriter Open(string path, long firstStep)
    {
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var earlier = lines is [Header, ..] ? lines[1..].Where(line => long.TryParse(line.Split(',')[0], out var step) && step < firstStep) : [];
        AtomicFile.Save(path, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(earlier.Prepend(Header).Select(line => line + Environment.NewLine)))));
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }

    private static string Line(StepReport report)
    {
        var (js, audited, look) = (report.JensenShannon, report.Diagnostics?.Audited, report.Diagnostics);
        double?[] values =
        [
            report.DiscriminatorLoss, report.GeneratorLoss, report.Penalty, report.Value,
            js?.Value, js?.Lower, js?.Upper, report.SamplesPerSecond, report.Elapsed.TotalSeconds,
            audited?.Value, audited?.Lower, audited?.Upper,
        ];
        return $"{report.Step},{string.Join(',', values.Select(value => value?.ToString("R", CultureInfo.InvariantCulture)))},{look?.Model},{look?.Divergence.Standing}";
    }
}
