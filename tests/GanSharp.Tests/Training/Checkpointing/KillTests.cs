using System.Diagnostics;
using FluentAssertions;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.State;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>Processes that are killed. The longer version is tests/faults/kill9.sh.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class KillTests : IDisposable
{
    private const int Steps = 260, EverySteps = 9, Width = 64;
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_run_killed_four_times_ends_as_the_run_that_was_not()
    {
        var random = new Random(3);
        var whole = FaultProcess.Finish(folder.File("whole"), Steps, EverySteps, Width, keepsBest: true);
        for (var kill = 0; kill < 4; kill++)
        {
            using var process = FaultProcess.Start(folder.File("killed"), Steps, EverySteps, Width, keepsBest: true);
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

        var resumed = FaultProcess.Finish(folder.File("killed"), Steps, EverySteps, Width, keepsBest: true);

        resumed.Should().Contain("bit for bit");
        FaultProcess.Hash(resumed).Should().Be(FaultProcess.Hash(whole));
        var best = Best("whole");
        Best("killed").Should().Be(best);
        CheckpointFolder.Fault(new CheckpointFolder(folder.File("killed")).PathOf(best.Step)).Should().BeNull("the best is still there");
    }

    public void Dispose() => folder.Dispose();

    private BestCheckpoint Best(string name) => CheckpointManifest.Read(new CheckpointFolder(folder.File(name)).PathOf(Steps)).Best!;
}
