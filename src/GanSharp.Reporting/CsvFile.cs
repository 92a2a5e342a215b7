using System.Text;

namespace GanSharp.Reporting;

/// <summary>A table that grows by lines and, where a line has a column that no line before it had, by columns.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly string path;
    private readonly List<string> columns;
    private StreamWriter writer;

    /// <summary>Goes on in the file that is there where its first columns are the given ones, and replaces it where they aren't.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that every line has.</param>
    /// <param name="isKept">Which of the lines that are there stay.</param>
    public CsvFile(string path, IEnumerable<string> columns, Func<string, bool> isKept)
    {
        this.path = path;
        this.columns = [.. columns];
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] header = lines.Length > 0 ? lines[0].Split(',') : [];
        var goesOn = header.Take(this.columns.Count).SequenceEqual(this.columns);
        if (goesOn)
            this.columns = [.. header];
        // A line that a full disk cut off has too few values.
        writer = Rewrite(goesOn ? lines[1..].Where(line => line.Split(',').Length == header.Length && isKept(line)) : []);
    }

    /// <summary>Writes a line, whose values stand under their columns.</summary>
    public void Write(IReadOnlyList<(string Column, string? Value)> values)
    {
        var added = values.Select(value => value.Column).Except(columns).ToArray();
        if (added.Length > 0)
        {
            writer.Dispose();
            var lines = File.ReadAllLines(path);
            columns.AddRange(added);
            writer = Rewrite(lines[1..].Select(line => line + new string(',', added.Length)));
        }
        var byColumn = values.ToLookup(value => value.Column, value => value.Value);
        writer.WriteLine(string.Join(',', columns.Select(column => byColumn[column].FirstOrDefault())));
    }

    public void Dispose() => writer.Dispose();

    private StreamWriter Rewrite(IEnumerable<string> lines)
    {
        ReportFile.Save(path, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Prepend(string.Join(',', columns)).Select(line => line + Environment.NewLine)))));
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }
}
