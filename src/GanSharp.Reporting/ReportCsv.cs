using System.Globalization;
using System.Text;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Runs;

namespace GanSharp.Reporting;

/// <summary>Reports as a table that every tool reads.</summary>
public static class ReportCsv
{
    private static (string Name, string? Value)[] Columns(TrainingReport report) => report switch
    {
        StepReport game => [.. Game.Select(column => (column.Name, column.Value(game)))],
        AutoencoderReport bound => [.. Bound.Select(column => (column.Name, column.Value(bound)))],
        _ => throw new ArgumentException($"reports must be StepReport or AutoencoderReport but hold {report.GetType().Name}.", nameof(report)),
    };

    private static readonly (string Name, Func<AutoencoderReport, string?> Value)[] Bound =
    [
        ("step", report => report.Step.ToString(CultureInfo.InvariantCulture)),
        ("loss_nats", report => Text(report.Loss)),
        ("bound_nats", report => Text(report.EvidenceLowerBound)),
        ("reconstruction_nats", report => Text(report.Reconstruction)),
        ("kl_nats", report => Text(report.KullbackLeibler)),
        ("held_out_bound_nats", report => Text(report.HeldOutBound?.Value)),
        ("held_out_lower_nats", report => Text(report.HeldOutBound?.Lower)),
        ("held_out_upper_nats", report => Text(report.HeldOutBound?.Upper)),
        ("samples_per_second", report => Text(report.SamplesPerSecond)),
        ("elapsed_seconds", report => Text(report.Elapsed.TotalSeconds)),
    ];

    private static readonly (string Name, Func<StepReport, string?> Value)[] Game =
    [
        ("step", report => report.Step.ToString(CultureInfo.InvariantCulture)),
        ("discriminator_loss", report => Text(report.DiscriminatorLoss)),
        ("generator_loss", report => Text(report.GeneratorLoss)),
        ("penalty", report => Text(report.Penalty)),
        ("value_nats", report => Text(report.Value)),
        ("js_bound_nats", report => Text(report.JensenShannon?.Value)),
        ("js_lower_nats", report => Text(report.JensenShannon?.Lower)),
        ("js_upper_nats", report => Text(report.JensenShannon?.Upper)),
        ("samples_per_second", report => Text(report.SamplesPerSecond)),
        ("elapsed_seconds", report => Text(report.Elapsed.TotalSeconds)),
        ("audited_nats", report => Text(report.Diagnostics?.Audited?.Value)),
        ("audited_lower_nats", report => Text(report.Diagnostics?.Audited?.Lower)),
        ("audited_upper_nats", report => Text(report.Diagnostics?.Audited?.Upper)),
        ("model", report => report.Diagnostics?.Model),
        ("standing", report => report.Diagnostics?.Divergence.Standing.ToString()),
    ];

    /// <summary>
    /// Passes the reports on and writes each as a line, at once, so that an interrupted run leaves what it had. Missing values are empty.
    /// js_… is D's bound, audited_… the auditor's where one looked, model who was measured ("average of G" or "G"), and standing what the bounds are worth
    /// (<see cref="GanSharp.Diagnostics.Reports.DivergenceStanding"/>). Named loss terms follow as term_…, metrics as metric_… with _lower and _upper where they have
    /// an interval, and class_…_js_bound_nats for the classes of a conditional generator; where one first appears in a later report, because it is measured less often, the table gets its columns then.
    /// A file that is there keeps its lines up to the step at which this run begins, so that a resumed run goes on in it and a new one replaces it.
    /// </summary>
    /// <param name="reports">The run.</param>
    /// <param name="path">The file.</param>
    /// <typeparam name="TReport">The trainer's kind of report: a VAE's has columns of its own.</typeparam>
    /// <returns>The same reports in order. The file is written while they are enumerated.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file can't be written; tried when the enumeration begins, before the first step.</exception>
    public static IEnumerable<TReport> WithCsv<TReport>(this IEnumerable<TReport> reports, string path)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Write(reports, path);
    }

    private static IEnumerable<TReport> Write<TReport>(IEnumerable<TReport> reports, string path)
        where TReport : TrainingReport
    {
        ReportFile.ThrowIfUnwritable(path);
        using var table = new ReportTable(path);
        foreach (var report in reports)
        {
            table.Write(report);
            yield return report;
        }
    }

    /// <summary>Everything that the table says of a report: first the columns that every report of its kind has, then the others.</summary>
    internal static ((string Name, string? Value)[] Common, (string Name, string? Value)[] Own) Line(TrainingReport report) => (Columns(report), [.. Extra(report)]);

    private static IEnumerable<(string Name, string? Value)> Extra(TrainingReport report)
    {
        foreach (var (name, value) in report.Terms)
            yield return ($"term_{ColumnName(name)}", Text(value));
        foreach (var (name, reading) in report.Metrics)
        {
            var column = $"metric_{ColumnName(name)}";
            yield return (column, Text(reading.Value));
            if (reading.Interval is not { } interval)
                continue;
            yield return ($"{column}_lower", Text(interval.Lower));
            yield return ($"{column}_upper", Text(interval.Upper));
        }
        foreach (var each in (report as StepReport)?.Diagnostics?.Classes ?? [])
            yield return ($"class_{each.Label}_js_bound_nats", Text(each.JensenShannon.Value));
    }

    private static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>"energy distance (pixels)" as energy_distance_pixels, so that no reader has to know of quotes.</summary>
    private static string ColumnName(string name)
    {
        var text = new StringBuilder();
        foreach (var character in name)
            if (char.IsLetterOrDigit(character))
                text.Append(char.ToLowerInvariant(character));
            else if (text.Length > 0 && text[^1] != '_')
                text.Append('_');
        return text.ToString().TrimEnd('_');
    }
}
