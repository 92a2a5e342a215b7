using System.CommandLine;
using GanSharp.Reporting.Consoles;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.Runs.Comparing;
using Spectre.Console;

namespace GanSharp.Tool;

/// <summary>Runs beside each other: a table, a picture of their curves over each other, and a page.</summary>
internal static class CompareCommand
{
    private const int LongestValue = 40;
    private static readonly Argument<string[]> Runs = new("runs") { Description = "The runs' folders, two or more.", Arity = new ArgumentArity(2, 50) };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Folder for compare.png and compare.html; made where it isn't there.", DefaultValueFactory = _ => Path.Combine("output", "compare") };

    public static Command Create(IAnsiConsole console)
    {
        Command command = new("compare", "Puts runs beside each other: last values, differences of options, and their curves over each other in a picture and a page.") { Runs, Output };
        command.SetAction(parsed => Compare([.. parsed.GetRequiredValue(Runs).Select(RunFolder.Open)], Path.GetFullPath(parsed.GetRequiredValue(Output)), console));
        return command;
    }

    private static void Compare(RunFolder[] runs, string output, IAnsiConsole console)
    {
        var comparison = new RunComparison(runs);
        console.Write(Values(comparison, runs));
        if (comparison.Options.Count == 0)
            console.WriteLine("Their options are the same.");
        else
            console.Write(Options(comparison));
        var (picture, page) = (Path.Combine(output, "compare.png"), Path.Combine(output, "compare.html"));
        ComparisonPlot.Save(comparison, picture);
        RunPage.Save(page, runs);
        console.WriteLine($"The picture: {picture}");
        console.WriteLine($"The page: {page}");
    }

    private static Table Values(RunComparison comparison, RunFolder[] runs)
    {
        var table = Headed("last values", comparison);
        table.AddRow([new Text("steps"), .. runs.Select(run => new Text($"{ValueText.Step(run.Reports[^1].Step)} of {ValueText.Step(run.Reports[^1].LastStep)}"))]);
        table.AddRow([new Text("time"), .. runs.Select(run => new Text(DurationText.Of(run.Reports[^1].ElapsedSeconds)))]);
        foreach (var quantity in comparison.Quantities)
            table.AddRow([new Text(ValueText.Name(quantity)), .. quantity.Last.Zip(runs, (value, run) => new Text(
                value is null ? "" : value.Step == run.Reports[^1].Step ? ValueText.Of(value.Estimate) : $"{ValueText.Of(value.Estimate)} at {ValueText.Step(value.Step)}"))]);
        return table;
    }

    private static Table Options(RunComparison comparison)
    {
        var table = Headed("options that differ", comparison);
        foreach (var option in comparison.Options)
            table.AddRow([new Text(option.Name), .. option.Values.Select(value => new Text(value is null ? "none" : value.Length <= LongestValue ? value : $"{value[..(LongestValue - 1)]}…"))]);
        return table;
    }

    private static Table Headed(string title, RunComparison comparison)
    {
        var table = new Table().RoundedBorder().AddColumn(title);
        foreach (var name in comparison.Names)
            table.AddColumn(new TableColumn(new Text(name)));
        return table;
    }
}
