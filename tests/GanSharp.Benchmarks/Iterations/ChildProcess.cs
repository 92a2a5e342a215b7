using System.Diagnostics;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>Measurements in processes of their own, so that neither tuning nor memory of one reaches the next.</summary>
internal static class ChildProcess
{
    // Debian's, whose PyTorch the system's package manager installs; another python3 may come first in the path.
    private const string Python = "/usr/bin/python3";

    private const string Peer = "pytorch_gan.py";

    /// <summary>This program with other arguments; the last line that it prints.</summary>
    public static string Run(params string[] arguments) => Last(Environment.ProcessPath!, arguments);

    /// <summary>The peer script.</summary>
    public static string RunPeer(params string[] arguments) => RunScript(Peer, arguments);

    /// <summary>A script of tests/peers.</summary>
    public static string RunScript(string script, params string[] arguments) => Last(Python, [Path.Combine(RepositoryFile.Root, "tests", "peers", script), .. arguments]);

    /// <summary>Any program.</summary>
    public static string RunProgram(string program, IReadOnlyList<string> arguments) => Last(program, [.. arguments]);

    /// <summary>Why a script of tests/peers can't run here, or null.</summary>
    public static string? PeerComplaint(string script = Peer)
    {
        if (!File.Exists(Python))
            return $"{Python} isn't there";
        try
        {
            RunScript(script, "--check");
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private static string Last(string program, string[] arguments)
    {
        // With a terminal's name, a program under mpirun may write escapes into the answer.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["TERM"] = "dumb" } })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.TrimEnd().Split('\n')[^1] is { Length: > 0 } last
            ? last
            : throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed: {errors.Result.Trim()}");
    }
}
