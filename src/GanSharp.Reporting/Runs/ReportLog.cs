using System.Text.Json;

namespace GanSharp.Reporting.Runs;

/// <summary>
/// Reads reports.jsonl as it grows: only what was added since, as long as what was read before still stands there. A last line without its end is being written, or was when the process ended:
/// it is passed over until it is complete. So is a line that is no report, which a full disk can leave.
/// </summary>
internal sealed class ReportLog(string path)
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
        return [.. records];
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
        (end, lastLine, Damaged) = (0, [], 0);
    }

    private void Take(ReadOnlySpan<byte> added)
    {
        while (added.IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = added[..(length + 1)];
            if (Parse(line[..length]) is { } record)
                records.Add(record);
            else
                Damaged++;
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
