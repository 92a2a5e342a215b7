using System.Diagnostics;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>Starts GanSharp.MpiWorker in several processes, by the mpirun of one MPI.</summary>
internal static class Mpirun
{
    /// <summary>Debian's names of the launchers; each test runs with both where it can.</summary>
    public const string OpenMpi = "mpirun.openmpi", Mpich = "mpirun.mpich";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The command that is one rank.</summary>
    public static IReadOnlyList<string> Worker { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "GanSharp.MpiWorker.dll")];

    /// <summary>Skips the test where a launcher isn't installed.</summary>
    public static void SkipWithout(string launcher)
    {
        if (!IsInstalled(launcher))
            Assert.Skip($"There is no {launcher} here (apt-get install {(launcher == OpenMpi ? "openmpi-bin" : "mpich")}).");
    }

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Starts a job.</summary>
    /// <param name="launcher">One of the two.</param>
    /// <param name="ranks">Processes.</param>
    /// <param name="arguments">For the worker.</param>
    /// <param name="options">For the launcher.</param>
    /// <param name="before">A command that starts the launcher.</param>
    /// <param name="environment">Variables of every rank.</param>
    public static Process Start(
        string launcher, int ranks, IReadOnlyList<string> arguments, IReadOnlyList<string>? options = null, IReadOnlyList<string>? before = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        SkipWithout(launcher);
        string[] own = launcher == OpenMpi ? ["--allow-run-as-root", "--oversubscribe"] : [];
        string[] command = [.. before ?? [], launcher, .. own, .. options ?? [], "-n", $"{ranks}", .. Worker, .. arguments];
        return Start(command, environment);
    }

    /// <summary>Starts a command with what every rank needs on shared cores.</summary>
    public static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in new Dictionary<string, string> { ["OMPI_MCA_mpi_yield_when_idle"] = "1", ["TERM"] = "dumb", ["OMP_NUM_THREADS"] = "1" }.Concat(environment ?? new Dictionary<string, string>()))
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Lets a job come to its end.</summary>
    public static MpiResult Finish(Process process)
    {
        using (process)
        {
            var watch = Stopwatch.StartNew();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"The job did not end within {Limit}.{Environment.NewLine}{output.Result}{errors.Result}");
            }
            return new MpiResult(process.ExitCode, output.Result, errors.Result, watch.Elapsed);
        }
    }

    /// <summary>Runs a job that must succeed.</summary>
    /// <returns>What the ranks printed.</returns>
    public static string Run(string launcher, int ranks, params string[] arguments)
    {
        var result = Finish(Start(launcher, ranks, arguments));
        result.ExitCode.Should().Be(0, "{0}{1}", result.Output, result.Errors);
        return result.Output;
    }
}

/// <summary>How a job ended.</summary>
internal sealed record MpiResult(int ExitCode, string Output, string Errors, TimeSpan Elapsed);
