using FluentAssertions;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class TrainerGateTests
{
    private const string AlreadyTraining = "The trainer is already training: *";

    [Fact]
    public void A_run_within_a_run_is_refused_and_the_outer_one_goes_on()
    {
        using var run = new SmallRun();
        var steps = new List<long>();

        foreach (var report in run.Trainer.Train(3))
        {
            steps.Add(report.Step);
            run.Trainer.Train(2).Invoking(inner => inner.Count()).Should().Throw<InvalidOperationException>().WithMessage(AlreadyTraining);
        }

        steps.Should().Equal(1, 2, 3);
        run.Trainer.Train(2).Should().HaveCount(2);
    }

    [Fact]
    public void Of_two_threads_that_train_one_is_refused_at_once()
    {
        using var run = new SmallRun();
        using var isTraining = new ManualResetEventSlim();
        using var isRefused = new ManualResetEventSlim();
        var first = Task.Run(() =>
        {
            foreach (var report in run.Trainer.Train(200))
            {
                isTraining.Set();
                if (isRefused.IsSet)
                    break;
            }
        });
        isTraining.Wait();

        run.Trainer.Train(5).Invoking(second => second.Count()).Should().Throw<InvalidOperationException>().WithMessage(AlreadyTraining);
        isRefused.Set();
        first.Invoking(it => it.Wait()).Should().NotThrow();

        run.Trainer.Train(2).Should().HaveCount(2, "the first has ended");
    }

    [Fact]
    public void Leaving_a_run_by_break_or_exception_lets_the_next_one_begin()
    {
        using var run = new SmallRun();
        foreach (var _ in run.Trainer.Train(10))
            break;
        new Action(() =>
        {
            foreach (var _ in run.Trainer.Train(10))
                throw new TimeoutException();
        }).Should().Throw<TimeoutException>();

        run.Trainer.Train(2).Last().Step.Should().Be(4);
    }

    [Fact]
    public void An_enumerator_that_was_forgotten_does_not_lock_the_trainer()
    {
        using var run = new SmallRun();
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(GanTrainer trainer) => trainer.Train(10).GetEnumerator().MoveNext().Should().BeTrue();

        Forget(run.Trainer);

        run.Trainer.Train(2).Last().Step.Should().Be(3);
    }

    [Fact]
    public void A_step_while_the_average_is_in_force_is_refused_and_changes_nothing()
    {
        using var quiet = new SmallRun();
        quiet.Trainer.Train(3).Should().HaveCount(3);
        using var run = new SmallRun();
        using var reports = run.Trainer.Train(3).GetEnumerator();
        reports.MoveNext().Should().BeTrue();
        run.Trainer.Invoking(trainer =>
        {
            using var average = trainer.UseAverage();
            reports.MoveNext();
        }).Should().Throw<InvalidOperationException>().WithMessage("UseAverage is still in force, so a step would train*");

        run.Trainer.Train(2).Should().HaveCount(2);
        run.Weights().Should().Be(quiet.Weights());
    }

    [Fact]
    public void A_run_that_ends_while_the_average_is_in_force_keeps_the_trained_weights_in_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string trained;
        using (var run = new SmallRun())
        {
            run.Trainer.Train(3).Should().HaveCount(3);
            trained = run.Weights();
        }
        using (var run = new SmallRun())
            run.Trainer.Invoking(trainer =>
            {
                foreach (var report in trainer.Train(10).WithCheckpoints(folder.FullName))
                {
                    if (report.Step < 3)
                        continue;
                    trainer.UseAverage();
                    break;
                }
            }).Should().Throw<InvalidOperationException>().WithMessage("UseAverage is still in force*");

        using var resumed = new SmallRun();
        resumed.Trainer.Resume(folder.FullName).Step.Should().Be(3);
        resumed.Weights().Should().Be(trained);
    }

    [Fact]
    public void The_runs_own_look_at_the_average_is_part_of_its_turn()
    {
        using var run = new SmallRun();

        var report = run.Trainer.Train(2).Every(2).Last();

        report.DiagnosticsFailure.Should().BeNull();
        report.Diagnostics.Should().NotBeNull();
    }

    [Fact]
    public void Averages_within_each_other_end_with_the_last_in_any_order()
    {
        using var run = new SmallRun();
        run.Trainer.Train(3).Should().HaveCount(3);
        var before = run.Weights();

        var outer = run.Trainer.UseAverage();
        var inner = run.Trainer.UseAverage();
        run.Trainer.Sample(4).Dispose();
        outer.Dispose();
        run.Trainer.Train(1).Invoking(steps => steps.Count()).Should().Throw<InvalidOperationException>();
        inner.Dispose();
        inner.Dispose();

        run.Weights().Should().Be(before);
        run.Trainer.Train(1).Should().HaveCount(1);
    }

    [Fact]
    public async Task The_average_follows_an_await_to_another_thread()
    {
        using var run = new SmallRun();
        run.Trainer.Train(1).Should().HaveCount(1);
        using var average = run.Trainer.UseAverage();
        await Task.Delay(1);
        await Task.Yield();

        run.Trainer.Train(1).Invoking(steps => steps.Count()).Should().Throw<InvalidOperationException>().WithMessage("UseAverage is still in force*");
        run.Trainer.Invoking(trainer => trainer.Sample(2)).Should().NotThrow();
    }

    [Fact]
    public async Task Whoever_waits_at_the_end_of_a_step_is_served_before_the_next_one()
    {
        using var gate = new ManualResetEventSlim();
        using var isInStep = new ManualResetEventSlim();
        var holding = 3L;
        using var run = new SmallRun(penalty: new Hook(pass =>
        {
            if (pass.Step != holding)
                return;
            isInStep.Set();
            gate.Wait();
        }));
        var training = Task.Run(() => run.Trainer.Train(40).Every(40).Count());
        isInStep.Wait();
        var steps = new long[3];
        var threads = Enumerable.Range(0, steps.Length).Select(index => new Thread(() =>
        {
            using (run.Trainer.UseAverage())
                steps[index] = run.Trainer.Step;
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
            SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(10)).Should().BeTrue("it waits for the step");
        }
        gate.Set();

        await training;
        foreach (var thread in threads)
            thread.Join();
        steps.Should().Equal(holding + 1, holding + 1, holding + 1);
        run.Trainer.Step.Should().Be(40);
    }

    [Fact]
    public void What_waits_for_the_step_says_so_where_it_is_asked_from_within()
    {
        SmallRun? run = null;
        var refusals = new List<Exception>();
        void Try(Action<GanTrainer> action)
        {
            try
            {
                action(run!.Trainer);
            }
            catch (InvalidOperationException refusal)
            {
                refusals.Add(refusal);
            }
        }
        Action<GanTrainer>[] actions = [
            trainer => trainer.Sample(1), trainer => trainer.Snapshot(), trainer => trainer.UseAverage(), trainer => trainer.Resume("nowhere"),
            trainer => trainer.MeasureDualityGap(), trainer => trainer.MeasureGradientSignal(), trainer => trainer.Dispose(), trainer => _ = trainer.Train(1).Count()];
        // The trial pass at construction comes before there is a trainer to ask.
        using (run = new SmallRun(penalty: new Hook(_ =>
        {
            if (run is not null)
                Array.ForEach(actions, Try);
        })))
            run.Trainer.Train(1).Should().HaveCount(1);

        refusals.Should().HaveCount(actions.Length);
        refusals.Take(actions.Length - 1).Should().OnlyContain(refusal => refusal.Message.Contains("asked for from within training", StringComparison.Ordinal));
        refusals[^1].Should().Match<Exception>(refusal => refusal.Message.StartsWith("The trainer is already training", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Measuring_and_resuming_on_another_thread_wait_for_the_step()
    {
        using var folder = new TemporaryFolder();
        using var quiet = new SmallRun();
        quiet.Trainer.Train(60).Should().HaveCount(60);
        using var run = new SmallRun();
        using var hasEnded = new CancellationTokenSource();
        var measuring = Task.Run(() =>
        {
            var count = 0;
            while (!hasEnded.IsCancellationRequested)
            {
                run.Trainer.MeasureGradientSignal(16);
                run.Trainer.MeasureDualityGap(new() { Steps = 1, BatchSize = 16, HeldOutSamples = 30 });
                using (run.Trainer.UseAverage())
                    count++;
            }
            return count;
        });

        run.Trainer.Train(60).Every(60).Should().HaveCount(1);
        hasEnded.Cancel();

        (await measuring).Should().BePositive();
        run.Weights().Should().Be(quiet.Weights());
        // Two runs, the second one resumed by another thread while it trains.
        run.Trainer.Train(1).WithCheckpoints(folder.FullName).Should().HaveCount(1);
        Task<long>? resuming = null;
        foreach (var report in run.Trainer.Train(200))
            if (report.Step == 100 && resuming is null)
                resuming = Task.Run(() => run.Trainer.Resume(folder.FullName).Step);
        (await resuming!).Should().Be(61);
    }

    /// <summary>A penalty of 0 that calls the test in the middle of a step.</summary>
    private sealed class Hook(Action<DiscriminatorPass> duringStep) : DiscriminatorPenalty
    {
        public override Tensor Evaluate(DiscriminatorPass pass)
        {
            duringStep(pass);
            return pass.Real.Logits * 0;
        }
    }
}
