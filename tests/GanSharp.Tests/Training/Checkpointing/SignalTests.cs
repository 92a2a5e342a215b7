using System.Diagnostics;
using FluentAssertions;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>Ctrl-C and SIGTERM, once and twice, at a real process.</summary>
[Collection(typeof(ChildProcessGroup))]
public sealed class SignalTests : IDisposable
{
    private const int Steps = 40, EverySteps = 9, Width = 16, HeldStep = 31, SavedStep = 27;
    private const string Message = "Stopping after this step and saving, if the run keeps checkpoints. A second Ctrl-C ends at once, without saving.";
    private readonly TemporaryFolder folder = new();

    private string Run => folder.File("run");

    private CheckpointFolder Checkpoints => new(Run);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void The_first_one_ends_the_run_after_its_step_and_saves_where_it_stands(string signal)
    {
        using var process = StartAndHold(signal);

        FaultProcess.Signal(process, signal);
        FaultProcess.WaitForLine(process.StandardError, "Stopping").Should().Be(Message);
        process.StandardInput.WriteLine();

        FaultProcess.WaitForLine(process.StandardOutput, "interrupted").Should().Be($"interrupted at {HeldStep}");
        FaultProcess.WaitForEnd(process).Should().Be(130);
        Newest().Should().Be(HeldStep);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_second_one_during_a_step_ends_the_process_at_once_and_the_run_goes_on_from_what_was_saved(string signal, int exitCode)
    {
        var whole = FaultProcess.Finish(folder.File("whole"), Steps, EverySteps, Width);
        using var process = StartAndHold(signal);

        FaultProcess.Signal(process, signal);
        FaultProcess.WaitForLine(process.StandardError, "Stopping").Should().Be(Message);
        process.HasExited.Should().BeFalse("the step goes on");
        FaultProcess.Signal(process, signal);

        FaultProcess.WaitForEnd(process).Should().Be(exitCode);
        Newest().Should().Be(SavedStep);
        var resumed = FaultProcess.Finish(Run, Steps, EverySteps, Width);
        resumed.Should().Contain($"Resumed at step {SavedStep} from").And.Contain("bit for bit");
        FaultProcess.Hash(resumed).Should().Be(FaultProcess.Hash(whole));
    }

    [Fact]
    public void A_second_one_while_the_checkpoint_is_written_leaves_the_one_before_it_and_the_run_goes_on_from_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        // 120 MB of state: the write takes long enough to be met.
        const int Large = 2_048, Never = 1_000;
        FaultProcess.Finish(Run, 2, Never, Large);
        using var process = FaultProcess.Start(Run, 4, Never, Large, holdStep: 3);
        FaultProcess.WaitForLine(process.StandardOutput, "in step 3");
        FaultProcess.Signal(process, "TERM");
        FaultProcess.WaitForLine(process.StandardError, "Stopping");
        var unfinished = $"{Checkpoints.PathOf(3)}.unfinished";

        using var second = Process.Start("sh", ["-c", $"until [ -d '{unfinished}' ]; do kill -0 {process.Id} || exit 1; done; kill -TERM {process.Id}"]);
        process.StandardInput.WriteLine();

        FaultProcess.WaitForEnd(process).Should().Be(143);
        Directory.Exists(unfinished).Should().BeTrue("it was ended in the middle of the write");
        Newest().Should().Be(2);
        FaultProcess.Finish(Run, 3, Never, Large).Should().Contain("Resumed at step 2 from");
        Newest().Should().Be(3);
        Directory.Exists(unfinished).Should().BeFalse("the next run clears it away");
    }

    public void Dispose() => folder.Dispose();

    private Process StartAndHold(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        var process = FaultProcess.Start(Run, Steps, EverySteps, Width, HeldStep);
        FaultProcess.WaitForLine(process.StandardOutput, $"in step {HeldStep}");
        // The last one before is written by another thread.
        while (!Directory.Exists(Checkpoints.PathOf(SavedStep)) && !process.HasExited)
            Thread.Sleep(1);
        Assert.SkipWhen(signal == "INT" && FaultProcess.IgnoresInterrupts(process), "The tests were started without Ctrl-C.");
        return process;
    }

    private long Newest()
    {
        var (step, path) = Checkpoints.List()[0];
        CheckpointFolder.Fault(path).Should().BeNull();
        return step;
    }
}
