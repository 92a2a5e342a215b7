using Spectre.Console;

namespace GanSharp.Benchmarks;

/// <summary>A table for the console and for a document.</summary>
internal sealed record ResultTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public void Print()
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(Title)) };
        foreach (var column in Columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = column == Columns[0] ? Justify.Left : Justify.Right });
        foreach (var row in Rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    public string ToMarkdown()
    {
        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
        return string.Join('\n', [$"**{Title}**", "", Line(Columns), Line(Columns.Select((_, index) => index == 0 ? "---" : "---:")), .. Rows.Select(Line)]);
    }
}
