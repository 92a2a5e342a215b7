using System.Text;
using System.Text.Json;
using GanSharp.Reporting.Runs;

namespace GanSharp.Reporting.Page;

/// <summary>Runs on one HTML page that needs no other file and no network: the verdict and what to do, curves that can be zoomed, the samples of every step, the options.</summary>
public static class RunPage
{
    /// <summary>Sample pictures of a run that are put into the page; of more, as many evenly chosen steps, the first and the last among them.</summary>
    public const int MaximumPictures = 40;

    /// <summary>Saves the page.</summary>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="runs">At least one; of several the first is described, and all stand in the same charts.</param>
    /// <exception cref="ArgumentException">There is no run.</exception>
    public static void Save(string path, params RunFolder[] runs)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Length == 0)
            throw new ArgumentException("runs must hold at least one run but is empty.", nameof(runs));
        using var data = new MemoryStream();
        // Its default encoder writes < as \u003c, so that no text of a run ends the element that holds it.
        using (var json = new Utf8JsonWriter(data))
        {
            json.WriteStartObject();
            json.WriteString("mode", "file");
            json.WriteStartArray("runs");
            for (var index = 0; index < runs.Length; index++)
                new PageRun(runs[index], $"{index}") { SourceOf = DataUri, Samples = EvenlyChosen(runs[index].Samples) }.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        var page = PageAssets.Whole(Encoding.UTF8.GetString(data.GetBuffer().AsSpan(0, (int)data.Length)));
        ReportFile.Save(path, file => file.Write(Encoding.UTF8.GetBytes(page)));
    }

    private static RunFile[] EvenlyChosen(IReadOnlyList<RunFile> all) => all.Count <= MaximumPictures ? [.. all]
        : [.. Enumerable.Range(0, MaximumPictures).Select(index => all[(int)((long)index * (all.Count - 1) / (MaximumPictures - 1))])];

    /// <summary>The picture itself; null where it is gone, as one is while the run goes on from an earlier step.</summary>
    private static string? DataUri(string path)
    {
        try
        {
            return $"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
