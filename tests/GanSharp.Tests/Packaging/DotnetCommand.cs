using System.Diagnostics;

namespace GanSharp.Tests.Packaging;

/// <summary>Runs the SDK as a user would, free of what the test run's own build left in the environment.</summary>
internal static class DotnetCommand
{
    public static (int ExitCode, string Output) Run(string folder, params string[] arguments) => RunProgram(folder, "dotnet", arguments);

    public static (int ExitCode, string Output) RunProgram(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // What trains shares the processors with other tests. A second thread of its own would wait for a processor in each operator.
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
