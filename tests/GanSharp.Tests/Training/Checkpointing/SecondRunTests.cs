using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>A second run on the folder of a first: one writes, and it is said who.</summary>
public sealed class SecondRunTests : IDisposable
{
    private const int Steps = 40, EverySteps = 9, Width = 16, HeldStep = 31, SavedStep = 27;
    private readonly TemporaryFolder folder = new();

    private string Run => folder.File("run");

    [Fact]
    public void Beside_a_process_that_writes_another_may_read_but_not_train_into_the_folder()
    {
        using var process = FaultProcess.Start(Run, Steps, EverySteps, Width, HeldStep);
        FaultProcess.WaitForLine(process.StandardOutput, $"in step {HeldStep}");
        while (!Directory.Exists(new CheckpointFolder(Run).PathOf(SavedStep)) && !process.HasExited)
            Thread.Sleep(1);
        using var run = new EverythingRun(Width);
        var message = $"Another run writes checkpoints to '{Run}' (process {process.Id} on {Environment.MachineName}). Stop it, or choose another folder.";

        Refusal(run).Should().Be(message);
        run.Trainer.Step.Should().Be(0);
        run.Trainer.Resume(Run).Step.Should().Be(SavedStep, "reading harms nobody");
        Refusal(run).Should().Be(message);
        run.Trainer.Step.Should().Be(SavedStep);

        process.StandardInput.WriteLine();
        FaultProcess.Finish(process);
        Refusal(run).Should().Be(
            $"'{Run}' holds a checkpoint of step {Steps} but the trainer stands at step {SavedStep}. Call Resume(\"{Run}\") before training, or choose another folder.");
        run.Trainer.Resume(Run).Step.Should().Be(Steps);
        run.Trainer.TrainTo(Steps + 1).WithCheckpoints(Run).Should().ContainSingle();
    }

    [Fact]
    public void Beside_another_trainer_of_the_same_process_too()
    {
        using var run = new EverythingRun();
        using var other = new EverythingRun(weightSeed: 2);
        using (var reports = run.Trainer.TrainTo(5).WithCheckpoints(Run, new() { EverySteps = 1 }).GetEnumerator())
        {
            // The checkpoint of a step is made when the next report is asked for, and written by the one after.
            for (var count = 0; count < 3; count++)
                reports.MoveNext().Should().BeTrue();

            other.Trainer.Resume(Run).Step.Should().BePositive("reading harms nobody");
            Refusal(other).Should().Be(
                $"Another run writes checkpoints to '{Run}' (process {Environment.ProcessId} on {Environment.MachineName}). Stop it, or choose another folder.");
        }
        run.Trainer.TrainTo(5).WithCheckpoints(Run).Should().HaveCount(2, "the lock ends with the run");
    }

    public void Dispose() => folder.Dispose();

    private string Refusal(EverythingRun run) =>
        run.Trainer.Invoking(it => it.TrainTo(Steps + 1).WithCheckpoints(Run).First()).Should().Throw<CheckpointException>().Which.Message;
}
