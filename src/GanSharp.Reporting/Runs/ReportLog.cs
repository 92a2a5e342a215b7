using System.Text.Json;

namespace GanSharp.Reporting.Runs;

/// <summary>
/// Reads reports.jsonl as it grows: only what was added since, as long as what was read before still stands there. A last line without its end is being written, or was when the process ended:
/// it is passed over until it is complete. So is a line that is no report, which a full disk can leave.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="thinned">Keeps some of the reports, for who doesn't need all; null keeps all.</param>
internal sealed class ReportLog(string path, ThinnedReports<ReportRecord>? thinned = null)
{
    private readonly List<ReportRecord> records = [];
    private long end;
    private byte[] lastLine = [];

    /// <summary>Lines that are no report.</summary>
    public int Damaged { get; private set; }

    /// <summary>The reports by now.</summary>
    public IReadOnlyList<ReportRecord> Read()
    {
        if (!File.Exists(path))
        {
            Reset();
            return [];
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (!StillStands(file))
            Reset();
        file.Position = end;
        var added = new byte[file.Length - end];
        var count = file.ReadAtLeast(added, added.Length, throwOnEndOfStream: false);
        Take(added.AsSpan(0, count));
        return thinned?.All ?? [.. records];
    }

    private bool StillStands(FileStream file)
    {
        if (file.Length < end)
            return false;
        file.Position = end - lastLine.Length;
        var there = new byte[lastLine.Length];
        return file.ReadAtLeast(there, there.Length, throwOnEndOfStream: false) == there.Length && there.AsSpan().SequenceEqual(lastLine);
    }

    private void Reset()
    {
        records.Clear();
        thinned?.Clear();
        (end, lastLine, Damaged) = (0, [], 0);
    }

    private void Take(ReadOnlySpan<byte> added)
    {
        while (added.IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = added[..(length + 1)];
            if (Parse(line[..length]) is not { } record)
                Damaged++;
            else if (thinned is null)
                records.Add(record);
            else
                thinned.Add(record);
            end += line.Length;
            lastLine = line.ToArray();
            added = added[line.Length..];
        }
    }

    private static ReportRecord? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ReportJson.Default.ReportRecord);
        }
        // The second exception is thrown for half a surrogate pair ("\ud800").
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
