using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GanSharp.Estimates;
using GanSharp.IO;
using GanSharp.Metrics;

namespace GanSharp.Evaluations;

/// <summary>What an evaluation measured.</summary>
/// <param name="Records">One record per metric, in the order in which they were measured.</param>
/// <param name="Failures">For each metric that failed, its name and why.</param>
public sealed record EvaluationReport(IReadOnlyList<MetricRecord> Records, IReadOnlyList<string> Failures)
{
    /// <summary>The records as a table of text.</summary>
    /// <returns>A line for each metric: its name, the value with its interval, the value of real samples against real ones, which direction is better. A line for each failure follows.</returns>
    public string ToTable()
    {
        static string Text(double value, Estimate? interval) => interval?.ToString() ?? value.ToString("0.0000", CultureInfo.InvariantCulture);
        string[][] rows =
        [
            ["metric", "generated", "real against real", "better"],
            .. Records.Select(record => new[] { record.Metric, Text(record.Value, record.Interval), record.OfReal?.ToString() ?? "", record.Goal.ToText() }),
        ];
        // A column that says nothing is left out.
        var columns = Enumerable.Range(0, rows[0].Length).Where(column => Records.Count == 0 || rows.Skip(1).Any(row => row[column].Length > 0)).ToArray();
        var widths = columns.Select(column => rows.Max(row => row[column].Length)).ToArray();
        var table = new StringBuilder();
        foreach (var row in rows)
            table.AppendLine(string.Join("  ", columns.Zip(widths, (column, width) => row[column].PadRight(width))).TrimEnd());
        foreach (var failure in Failures)
            table.AppendLine($"not measured: {failure}");
        return table.ToString();
    }

    /// <summary>Writes the records as a JSON array; the file appears complete or not at all.</summary>
    /// <param name="path">Where to write.</param>
    public void Save(string path) => AtomicFile.Save(path, stream => JsonSerializer.Serialize(stream, Records, EvaluationJson.Default.IReadOnlyListMetricRecord));

    /// <summary>The table.</summary>
    public override string ToString() => ToTable();
}

[JsonSerializable(typeof(IReadOnlyList<MetricRecord>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class EvaluationJson : JsonSerializerContext;
