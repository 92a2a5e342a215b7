using System.CommandLine;
using Spectre.Console;

namespace GanSharp.Tool;

/// <summary>The command line: every failure is one sentence and an exit code.</summary>
internal static class ToolCommand
{
    private const int Failed = 1;
    // Tables of a log aren't cut to 80 columns.
    private const int LogWidth = 200;

    public static int Run(string[] arguments, IAnsiConsole console, TextWriter errors)
    {
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = LogWidth;
        RootCommand root = new("Shows and compares training runs by the folders that they write (RunFolder).") { ShowCommand.Create(console), CompareCommand.Create(console), PageCommand.Create(console) };
        try
        {
            return root.Parse(arguments).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine($"Error: {exception.Message}");
            return Failed;
        }
    }
}
