using FluentAssertions;
using GanSharp.Training;
using Xunit;

namespace GanSharp.Tests.Training;

public sealed class TrainerDisposalTests
{
    [Fact]
    public void After_Dispose_everything_names_the_trainer()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun();
        var trainer = run.Trainer;
        trainer.Train(2).WithCheckpoints(folder.FullName).Should().HaveCount(2);
        var older = trainer.Train(5);
        using var begun = trainer.Train(5).GetEnumerator();
        begun.MoveNext().Should().BeTrue();
        using var snapshot = trainer.Snapshot();

        trainer.Dispose();
        trainer.Dispose();

        Action[] uses = [
            () => trainer.Train(1), () => trainer.TrainTo(9), () => _ = older.Count(), () => _ = older.Every(2).Count(), () => begun.MoveNext(), () => trainer.Resume(folder.FullName),
            () => trainer.ResumeIfAny(folder.FullName), () => trainer.Sample(1), () => trainer.UseAverage(), () => trainer.Snapshot(), () => trainer.MeasureDualityGap(),
            () => trainer.MeasureGradientSignal(), snapshot.Update];
        foreach (var use in uses)
            use.Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(GanTrainer));
        trainer.Step.Should().Be(3);
        using var samples = snapshot.Sample(3);
        samples.shape.Should().Equal(3, 1, 8, 8);
    }

    [Fact]
    public void Dispose_within_a_run_makes_its_last_checkpoint_and_the_run_ends()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun();
        var weights = "";

        run.Invoking(it =>
        {
            foreach (var report in it.Trainer.Train(10).WithCheckpoints(folder.FullName))
            {
                if (report.Step != 4)
                    continue;
                weights = it.Weights();
                it.Trainer.Dispose();
            }
        }).Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(GanTrainer));

        using var resumed = new SmallRun();
        resumed.Trainer.Resume(folder.FullName).Step.Should().Be(4);
        resumed.Weights().Should().Be(weights);
    }

    [Fact]
    public void Dispose_on_another_thread_lets_the_step_in_progress_end()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun();
        using var isTraining = new ManualResetEventSlim();
        var training = Task.Run(() =>
        {
            foreach (var report in run.Trainer.Train(5).WithCheckpoints(folder.FullName))
                isTraining.Set();
            foreach (var report in run.Trainer.Train(100_000).WithCheckpoints(folder.FullName, new() { EverySteps = 50_000 }).Every(100_000))
                throw new NotSupportedException("it is never that long");
        });
        isTraining.Wait();
        Thread.Sleep(200);

        run.Trainer.Dispose();

        training.Invoking(it => it.GetAwaiter().GetResult()).Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(GanTrainer));
        using var resumed = new SmallRun();
        resumed.Trainer.Resume(folder.FullName).Step.Should().Be(run.Trainer.Step, "the last whole step was saved");
    }

    [Fact]
    public void Dispose_puts_the_trained_weights_back_where_the_average_is_in_force()
    {
        using var quiet = new SmallRun();
        quiet.Trainer.Train(3).Should().HaveCount(3);
        using var run = new SmallRun();
        run.Trainer.Train(3).Should().HaveCount(3);
        var average = run.Trainer.UseAverage();

        run.Trainer.Dispose();
        average.Dispose();

        GanSharp.Networks.Weights.NetworkFingerprint.Compute(run.Generator).Should().Be(GanSharp.Networks.Weights.NetworkFingerprint.Compute(quiet.Generator));
    }
}
