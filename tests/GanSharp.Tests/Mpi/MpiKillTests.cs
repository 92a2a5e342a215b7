using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>
/// A rank is killed at random moments of a run: the job ends, and the same command ends with the bits of a run that was never killed. GANSHARP_MPI_KILLS sets how often (3 by default), GANSHARP_MPI_LAUNCHER
/// the mpirun.
/// </summary>
public sealed class MpiKillTests
{
    private const int Ranks = 2;
    private const string Steps = "200";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_run_whose_ranks_are_killed_ends_like_one_that_never_was()
    {
        var launcher = Variable("GANSHARP_MPI_LAUNCHER") ?? Mpirun.OpenMpi;
        var kills = int.Parse(Variable("GANSHARP_MPI_KILLS") ?? "3", CultureInfo.InvariantCulture);
        var random = new Random(Environment.TickCount);
        using var folder = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        var expected = Result(Mpirun.Run(launcher, Ranks, "resume", Steps, folder.File("never")));
        var length = watch.Elapsed;

        var moments = new List<string>();
        for (var kill = 0; kill < kills; kill++)
        {
            var victim = random.Next(Ranks);
            var job = Mpirun.Start(launcher, Ranks, ["resume", Steps, folder.File("killed")]);
            var line = "";
            while (!line.StartsWith($"[{victim}] process ", StringComparison.Ordinal))
                line = job.StandardOutput.ReadLine() ?? throw new InvalidOperationException(job.StandardError.ReadToEnd());
            using var rank = Process.GetProcessById(int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
            // At any time from its start to where it could end, one kill's share after the other, so that some hit a checkpoint.
            Thread.Sleep(random.NextDouble() * length / kills);
            rank.Kill();
            var result = Mpirun.Finish(job);
            moments.Add($"rank {victim} after {result.Output.Split('\n').LastOrDefault(text => text.StartsWith("step ", StringComparison.Ordinal)) ?? "no step"}");
            if (result.ExitCode == 0)
                // It was over before.
                break;
            result.Elapsed.Should().BeLessThan(Limit);
        }

        Result(Mpirun.Run(launcher, Ranks, "resume", Steps, folder.File("killed"))).Should().Equal(expected, "killed {0}", string.Join(", ", moments));
    }

    // Of each rank.
    private static string[] Result(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("] parameters ", StringComparison.Ordinal) || line.Contains("] average ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
