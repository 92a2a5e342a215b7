using System.CommandLine;
using GanSharp.Reporting.Consoles;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.Runs.Comparing;
using Spectre.Console;

namespace GanSharp.Tool;

/// <summary>What a run has come to: its headline, its last values, and what was found.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "The run's folder." };

    public static Command Create(IAnsiConsole console)
    {
        Command command = new("show", "Shows what a run has come to: headline, last values, findings.") { Run };
        command.SetAction(parsed => Show(RunFolder.Open(parsed.GetRequiredValue(Run)), console));
        return command;
    }

    private static void Show(RunFolder run, IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{run.Title}[/]");
        console.WriteLine($"{run.FullName}, started {run.Created:yyyy-MM-dd HH:mm} UTC, GanSharp {run.Version}");
        if (run.Reports.Count == 0)
        {
            console.WriteLine("No report yet.");
            return;
        }
        var last = run.Reports[^1];
        console.WriteLine($"step {ValueText.Step(last.Step)} of {ValueText.Step(last.LastStep)}, {DurationText.Of(last.ElapsedSeconds)}, {last.SamplesPerSecond:N0} samples/s, {run.Reports.Count} reports, {run.Samples.Count} pictures, {run.Checkpoints.Count} checkpoints");
        console.WriteLine();
        console.WriteLine($"{last.Headline}.");
        console.Write(Values(run));
        foreach (var finding in last.Findings)
            console.MarkupLineInterpolated($"{(finding.IsProblem ? "!" : "·")} [bold]{finding.Name}[/]: {finding.Evidence}. {finding.Advice}.");
        foreach (var sentence in last.Warnings.Concat(run.Warnings).Distinct())
            console.WriteLine($"! {sentence.TrimEnd('.')}.");
        if (File.Exists(run.Page))
            console.WriteLine($"The page: {run.Page}");
    }

    private static Table Values(RunFolder run)
    {
        var table = new Table().RoundedBorder().AddColumns("last values", "", "real samples", "step");
        foreach (var quantity in new RunComparison(run).Quantities)
            if (quantity.Last[0] is { } last)
                table.AddRow(new Text(ValueText.Name(quantity)), new Text(ValueText.Of(last.Estimate)), new Text(last.OfReal is { } real ? ValueText.Of(new EstimateRecord(real)) : ""), new Text(ValueText.Step(last.Step)));
        return table;
    }
}
