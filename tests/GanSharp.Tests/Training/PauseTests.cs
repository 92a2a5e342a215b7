using FluentAssertions;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training;

/// <summary>Another thread holds the run between two steps, and asks it for a checkpoint.</summary>
public sealed class PauseTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_paused_run_stands_still_gives_samples_and_saves_and_goes_on_with_the_same_bits()
    {
        using var run = new SmallRun();
        var training = Task.Run(() => run.Trainer.Train(60).Every(20).WithCheckpoints(folder.FullName, new() { EverySteps = 1_000 }).Count());
        SpinWait.SpinUntil(() => run.Trainer.Step >= 3, Patience).Should().BeTrue();

        long stood;
        using (run.Trainer.Pause())
        using (run.Trainer.Pause())
        {
            run.Trainer.IsPaused.Should().BeTrue();
            // It waits for the step in progress, so that what follows is read while nothing moves.
            run.Trainer.Sample(2).Dispose();
            stood = run.Trainer.Step;
            run.Trainer.MakesCheckpoints.Should().BeTrue();
            run.Trainer.RequestCheckpoint().Should().BeTrue();
            SpinWait.SpinUntil(() => Directory.Exists(Checkpoint(stood)), Patience).Should().BeTrue("it is made while the run stands still");
            run.Trainer.Step.Should().Be(stood);
        }

        (await training.WaitAsync(Patience)).Should().Be(3);
        using var quiet = new SmallRun();
        quiet.Trainer.Train(60).Every(20).Count().Should().Be(3);
        run.Weights().Should().Be(quiet.Weights());
        run.Trainer.RequestCheckpoint().Should().BeFalse("no run is in progress");
    }

    [Fact]
    public void A_request_is_served_after_the_step_in_progress()
    {
        using var run = new SmallRun();

        foreach (var report in run.Trainer.Train(3).WithCheckpoints(folder.FullName, new() { EverySteps = 1_000 }))
            if (report.Step == 2)
                run.Trainer.RequestCheckpoint();

        CheckpointsOf().Should().Equal(2, 3);
    }

    [Fact]
    public async Task A_canceled_run_ends_though_it_is_paused()
    {
        using var run = new SmallRun();
        using var cancellation = new CancellationTokenSource();
        using var pause = run.Trainer.Pause();
        var training = Task.Run(() => run.Trainer.Train(10, cancellation.Token).Count());
        await Task.Delay(50);
        training.IsCompleted.Should().BeFalse();

        await cancellation.CancelAsync();

        (await training.WaitAsync(Patience)).Should().Be(0);
        run.Trainer.Step.Should().Be(0);
    }

    [Fact]
    public async Task A_disposed_trainer_ends_a_run_that_is_paused()
    {
        var run = new SmallRun();
        using var pause = run.Trainer.Pause();
        var training = Task.Run(() => run.Trainer.Train(10).Count());
        await Task.Delay(50);

        run.Dispose();

        var waiting = () => training.WaitAsync(Patience);
        await waiting.Should().ThrowAsync<ObjectDisposedException>();
    }

    public void Dispose() => folder.Dispose();

    private string Checkpoint(long step) => Path.Combine(folder.FullName, $"step-{step:000000000}");

    private IEnumerable<long> CheckpointsOf() => new CheckpointFolder(folder.FullName).List().Select(checkpoint => checkpoint.Step).Order();
}
