using System.CommandLine;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;
using Spectre.Console;

namespace GanSharp.Tool;

/// <summary>Makes a run's page again, from what is in its folder.</summary>
internal static class PageCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "The run's folder." };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file. Default: report.html in the run's folder." };

    public static Command Create(IAnsiConsole console)
    {
        Command command = new("page", "Makes a run's page (report.html) again, from what is in its folder.") { Run, Output };
        command.SetAction(parsed =>
        {
            var run = RunFolder.Open(parsed.GetRequiredValue(Run));
            var path = Path.GetFullPath(parsed.GetValue(Output) ?? run.Page);
            RunPage.Save(path, run);
            console.WriteLine($"The page: {path}");
        });
        return command;
    }
}
