using System.Text.Json;
using GanSharp.Reporting.Runs;

namespace GanSharp.Reporting.Page;

/// <summary>A run as the page reads it, in JSON: of a long one, with thousands of reports, only every second, fourth, … report and the last.</summary>
/// <param name="Folder">The run.</param>
/// <param name="Id">What the page calls it; unlike those of other runs.</param>
public sealed record PageRun(RunFolder Folder, string Id)
{
    /// <summary>The source of a picture: an address or a data URI. Null leaves it out.</summary>
    public required Func<string, string?> SourceOf { get; init; }

    /// <summary>Which of the folder's pictures to show; null (the default) for all.</summary>
    public IReadOnlyList<RunFile>? Samples { get; init; }

    /// <summary>Reports of later steps only, for a page that has the others. Default -1: all.</summary>
    public long AfterStep { get; init; } = -1;

    /// <summary>Writes the run as one JSON object.</summary>
    /// <param name="json">Where to.</param>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("title", Folder.Title);
        json.WriteString("kind", Folder.Kind);
        json.WriteString("version", Folder.Version);
        json.WriteStartObject("options");
        foreach (var (name, value) in Folder.Options)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("records");
        foreach (var record in ThinnedReports.Of(Folder.Reports.Where(record => record.Step > AfterStep)))
            JsonSerializer.Serialize(json, record, ReportJson.Default.ReportRecord);
        json.WriteEndArray();
        var all = Folder.Samples;
        json.WriteStartArray("samples");
        foreach (var (step, path) in Samples ?? all)
            if (SourceOf(path) is { } source)
            {
                json.WriteStartObject();
                json.WriteNumber("step", step);
                json.WriteString("src", source);
                json.WriteEndObject();
            }
        json.WriteEndArray();
        json.WriteNumber("allSamples", all.Count);
        json.WriteString("real", Folder.RealSamples is { } real ? SourceOf(real) : null);
        json.WriteNumber("dropped", Folder.DroppedPictures + Folder.DroppedReports);
        json.WriteStartArray("warnings");
        if (Folder.Failure is { } failure)
            json.WriteStringValue($"Not everything could be written: {failure}");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
