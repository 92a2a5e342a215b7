using System.Diagnostics;
using FluentAssertions;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>GanSharp.FaultWorker: a run in a process of its own, to be ended from outside.</summary>
internal static class FaultProcess
{
    /// <param name="folder">For its checkpoints, from which it goes on.</param>
    /// <param name="steps">The last step.</param>
    /// <param name="everySteps">Steps between checkpoints.</param>
    /// <param name="width">Of the networks.</param>
    /// <param name="holdStep">The step in the middle of which it says "in step …" and waits for a line; 0 for none.</param>
    /// <param name="keepsBest">Whether it keeps the best checkpoint by a metric.</param>
    public static Process Start(string folder, int steps, int everySteps, int width, int holdStep = 0, bool keepsBest = false) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "GanSharp.FaultWorker.dll"), folder, $"{steps}", $"{everySteps}", $"{width}", .. keepsBest ? ["best"] : holdStep == 0 ? Array.Empty<string>() : ["hold", $"{holdStep}"]])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        // Threads that spin while they wait would take the processors from the tests beside this one.
        Environment = { ["OMP_WAIT_POLICY"] = "passive" },
    })!;

    /// <summary>Runs one to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string Finish(string folder, int steps, int everySteps, int width, bool keepsBest = false)
    {
        using var process = Start(folder, steps, everySteps, width, keepsBest: keepsBest);
        return Finish(process);
    }

    /// <summary>Lets one run to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, "{0}{1}", output, process.StandardError.ReadToEnd());
        return output;
    }

    /// <summary>The line of a finished run's output that says what it learned.</summary>
    public static string Hash(string output) => output.Split('\n').Single(line => line.StartsWith("hash ", StringComparison.Ordinal));

    /// <summary>Reads until a line begins so.</summary>
    public static string WaitForLine(StreamReader reader, string start)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (reader.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult() is { } line)
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"The process ended without a line '{start}'.");
    }

    /// <summary>Sends a signal, "INT" or "TERM".</summary>
    public static void Signal(Process process, string signal) => Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();

    /// <summary>Whether a process was started without Ctrl-C, as a shell that is no terminal's starts one in the background.</summary>
    public static bool IgnoresInterrupts(Process process)
    {
        const string Field = "SigIgn:";
        const ulong Interrupt = 1 << (2 - 1);
        return OperatingSystem.IsLinux()
            && (Convert.ToUInt64(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..].Trim(), 16) & Interrupt) != 0;
    }

    /// <summary>Waits for the end that a signal brings.</summary>
    /// <returns>The exit code.</returns>
    public static int WaitForEnd(Process process)
    {
        process.WaitForExit(TimeSpan.FromMinutes(1)).Should().BeTrue("the signal ends it");
        return process.ExitCode;
    }
}
