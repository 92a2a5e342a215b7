using System.Diagnostics;
using FluentAssertions;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>Processes that are ended from outside. The longer version is tests/faults/kill9.sh.</summary>
public sealed class KillTests : IDisposable
{
    private const string Steps = "260", EverySteps = "9", Width = "64";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_run_killed_four_times_ends_as_the_run_that_was_not()
    {
        var random = new Random(3);
        var whole = Finish("whole");
        for (var kill = 0; kill < 4; kill++)
        {
            using var process = Start("killed");
            var progress = new CheckpointFolder(folder.File("killed"));
            var before = progress.List().Select(checkpoint => checkpoint.Step).FirstOrDefault();
            var limit = Stopwatch.StartNew();
            // From the first checkpoint of its own on, at any moment, that of a write included.
            while (progress.List().Select(checkpoint => checkpoint.Step).FirstOrDefault() == before && !process.HasExited && limit.Elapsed < TimeSpan.FromSeconds(60))
                Thread.Sleep(1);
            Thread.Sleep(random.Next(60));
            process.HasExited.Should().BeFalse("it must be killed, not end by itself: {0}", process.HasExited ? process.StandardOutput.ReadToEnd() : "");
            process.Kill();
            process.WaitForExit();
        }

        var resumed = Finish("killed");

        resumed.Should().Contain("bit for bit");
        Hash(resumed).Should().Be(Hash(whole));
    }

    [Fact]
    public void A_terminated_run_saves_where_it_stands()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using var process = Start("run");
        var checkpoints = new CheckpointFolder(folder.File("run"));
        while (checkpoints.List().Count == 0 && !process.HasExited)
            Thread.Sleep(1);

        Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        process.ExitCode.Should().Be(130, output);
        var step = checkpoints.List()[0].Step;
        output.Should().Contain($"interrupted at {step}");
        CheckpointFolder.Fault(checkpoints.PathOf(step)).Should().BeNull();
    }

    public void Dispose() => folder.Dispose();

    private static string Hash(string output) => output.Split('\n').Single(line => line.StartsWith("hash ", StringComparison.Ordinal));

    private string Finish(string name)
    {
        using var process = Start(name);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, output);
        return output;
    }

    private Process Start(string name) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "GanSharp.FaultWorker.dll"), folder.File(name), Steps, EverySteps, Width]) { RedirectStandardOutput = true })!;
}
