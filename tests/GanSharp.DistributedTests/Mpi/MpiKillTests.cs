using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Mpi;

/// <summary>
/// A rank is killed at random moments of a run: the job ends, and the same command ends with the bits of a run that was never killed. GANSHARP_MPI_KILLS sets how often (3 by default), GANSHARP_MPI_LAUNCHER
/// the mpirun.
/// </summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class MpiKillTests
{
    private const int Ranks = 2, Steps = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_run_whose_ranks_are_killed_ends_like_one_that_never_was()
    {
        var launcher = Variable("GANSHARP_MPI_LAUNCHER") ?? Mpirun.OpenMpi;
        var kills = int.Parse(Variable("GANSHARP_MPI_KILLS") ?? "3", CultureInfo.InvariantCulture);
        var random = new Random(Environment.TickCount);
        using var folder = new TemporaryFolder();
        var never = Start(launcher, folder.File("never"));
        WaitForStep(never, 1);
        var watch = Stopwatch.StartNew();
        var expected = Result(Succeed(never));
        var share = watch.Elapsed / kills;

        var moments = new List<string>();
        for (var kill = 0; kill < kills; kill++)
        {
            var victim = random.Next(Ranks);
            var job = Start(launcher, folder.File("killed"));
            using var rank = Process.GetProcessById(int.Parse(Wait(job, line => line.StartsWith($"[{victim}] process ", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture));
            // One kill's share of the run after the other, so that some hit a checkpoint; the first may hit its start.
            if (kill > 0)
                WaitForStep(job, Steps * kill / kills);
            Thread.Sleep(random.NextDouble() * share);
            rank.Kill();
            var result = Mpirun.Finish(job);
            moments.Add($"rank {victim} in the share from step {Steps * kill / kills}, {(result.Output.Split('\n').LastOrDefault(line => line.StartsWith("step ", StringComparison.Ordinal)) is { } step ? $"after {step}" : "before the next report")}, exit code {result.ExitCode}");
            result.Elapsed.Should().BeLessThan(Limit);
            if (result.ExitCode == 0)
                // It was over before.
                break;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, moments));

        moments.Should().HaveCountGreaterThan(kills / 2, "most kills hit a run that is under way: {0}", string.Join("; ", moments));
        Result(Succeed(Start(launcher, folder.File("killed")))).Should().Equal(expected, "killed: {0}", string.Join("; ", moments));
    }

    private static Process Start(string launcher, string folder) => Mpirun.Start(launcher, Ranks, ["resume", $"{Steps}", folder]);

    private static string Succeed(Process job)
    {
        var result = Mpirun.Finish(job);
        result.ExitCode.Should().Be(0, "{0}{1}", result.Output, result.Errors);
        return result.Output;
    }

    private static string Wait(Process job, Func<string, bool> isIt)
    {
        while (true)
        {
            var line = job.StandardOutput.ReadLine() ?? throw new InvalidOperationException(job.StandardError.ReadToEnd());
            if (isIt(line))
                return line;
        }
    }

    private static void WaitForStep(Process job, int step) => Wait(job, line => line.StartsWith("step ", StringComparison.Ordinal) && int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) >= step);

    // Of each rank.
    private static string[] Result(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("] parameters ", StringComparison.Ordinal) || line.Contains("] average ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
