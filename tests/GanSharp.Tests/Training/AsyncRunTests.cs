using FluentAssertions;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class AsyncRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task It_trains_the_same_bits_on_a_thread_of_its_own()
    {
        using var pulled = new SmallRun();
        var expected = pulled.Trainer.TrainTo(6).WithCheckpoints(folder.File("pulled")).Every(2).ToList();
        using var run = new SmallRun();
        var reports = new List<StepReport>();

        await foreach (var report in run.Trainer.TrainTo(6).WithCheckpoints(folder.File("awaited")).Every(2).AsAsyncEnumerable())
        {
            reports.Add(report);
            // Between two reports the caller has the networks, on whatever thread it is.
            await Task.Yield();
            run.Trainer.Sample(2).Dispose();
        }

        reports.Should().BeEquivalentTo(expected, it => it.Excluding(report => report.SamplesPerSecond).Excluding(report => report.Elapsed));
        run.Weights().Should().Be(pulled.Weights());
        using var resumed = new SmallRun();
        resumed.Trainer.Resume(folder.File("awaited")).IsExact.Should().BeTrue();
        resumed.Weights().Should().Be(pulled.Weights());
    }

    [Fact]
    public async Task It_does_not_keep_the_callers_thread_and_all_steps_share_one()
    {
        var threads = new HashSet<int>();
        using var inStep = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var isHeld = false;
        using var run = new SmallRun(penalty: new Hook(() =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            if (!isHeld)
                return;
            isHeld = false;
            inStep.Release();
            goOn.Wait();
        }));
        threads.Clear();
        isHeld = true;
        await using var reports = run.Trainer.Train(5).AsAsyncEnumerable().GetAsyncEnumerator();

        var first = reports.MoveNextAsync();
        await inStep.WaitAsync();
        first.IsCompleted.Should().BeFalse("the step waits and the caller doesn't");
        goOn.Release();
        (await first).Should().BeTrue();
        while (await reports.MoveNextAsync())
            await Task.Yield();

        threads.Should().ContainSingle().Which.Should().NotBe(Environment.CurrentManagedThreadId);
        run.Trainer.Step.Should().Be(5);
    }

    [Fact]
    public async Task A_token_ends_it_after_the_step_in_progress_and_the_checkpoint_is_made()
    {
        using var cancellation = new CancellationTokenSource();
        using var run = new SmallRun();
        var steps = new List<long>();

        await foreach (var report in run.Trainer.TrainTo(1_000).WithCheckpoints(folder.File("run")).Every(2).AsAsyncEnumerable().WithCancellation(cancellation.Token))
        {
            steps.Add(report.Step);
            if (report.Step == 4)
                await cancellation.CancelAsync();
        }

        steps.Should().Equal(2, 4);
        new CheckpointFolder(folder.File("run")).List()[0].Step.Should().Be(4);
        run.Trainer.Train(2).Should().HaveCount(2, "the trainer stays usable");
    }

    [Fact]
    public async Task The_token_of_Train_ends_it_too()
    {
        using var cancellation = new CancellationTokenSource();
        using var run = new SmallRun();

        await foreach (var report in run.Trainer.Train(1_000, cancellation.Token).AsAsyncEnumerable())
            if (report.Step == 3)
                await cancellation.CancelAsync();

        run.Trainer.Step.Should().Be(3);
    }

    [Fact]
    public async Task The_rules_of_the_gate_are_the_same()
    {
        using var run = new SmallRun();
        await using (var reports = run.Trainer.Train(10).AsAsyncEnumerable().GetAsyncEnumerator())
        {
            (await reports.MoveNextAsync()).Should().BeTrue();
            run.Trainer.Train(1).Invoking(second => second.Count()).Should().Throw<InvalidOperationException>().WithMessage("The trainer is already training: *");
            using var average = run.Trainer.UseAverage();
            await Task.Yield();
            await reports.Awaiting(it => it.MoveNextAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>().WithMessage("UseAverage is still in force*");
        }

        run.Trainer.Train(2).Should().HaveCount(2, "the first has ended");
    }

    [Fact]
    public async Task What_a_step_throws_reaches_the_caller_and_leaving_early_lets_the_next_run_begin()
    {
        var fails = false;
        using var run = new SmallRun(penalty: new Hook(() =>
        {
            if (fails)
                throw new TimeoutException("now");
        }));
        await foreach (var _ in run.Trainer.Train(10).AsAsyncEnumerable())
            break;
        fails = true;

        async Task Train()
        {
            await foreach (var _ in run.Trainer.Train(10).AsAsyncEnumerable())
            {
            }
        }
        await FluentActions.Awaiting(Train).Should().ThrowAsync<TimeoutException>().WithMessage("now");

        fails = false;
        run.Trainer.Train(2).Last().Step.Should().Be(3);
    }

    [Fact]
    public async Task Nothing_is_trained_and_no_thread_started_before_it_is_pulled()
    {
        using var run = new SmallRun();
        await using (run.Trainer.Train(10).AsAsyncEnumerable().GetAsyncEnumerator())
            run.Trainer.Step.Should().Be(0);
    }

    public void Dispose() => folder.Dispose();

    private sealed class Hook(Action duringStep) : GanSharp.Penalties.DiscriminatorPenalty
    {
        public override Tensor Evaluate(GanSharp.Penalties.DiscriminatorPass pass)
        {
            duringStep();
            return pass.Real.Logits * 0;
        }
    }
}
