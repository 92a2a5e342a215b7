using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.Metrics;
using GanSharp.Training.Checkpointing;
using Xunit;

namespace GanSharp.Tests.Training.Checkpointing;

public sealed class KeepBestTests : IDisposable
{
    private static readonly CheckpointOptions Keep = new() { EverySteps = 4, KeepLast = 2, KeepBest = "score" };
    private readonly TemporaryFolder folder = new();

    private string Folder => Path.Combine(folder.FullName, "run");

    private IEnumerable<long> Steps => new CheckpointFolder(Folder).List().Select(checkpoint => checkpoint.Step);

    [Fact]
    public void The_best_checkpoint_is_made_at_its_report_kept_and_found_again()
    {
        string best = "";
        using (var run = Run(step => Math.Abs(step - 7)))
        {
            foreach (var report in run.Trainer.TrainTo(30).WithCheckpoints(Folder, Keep).Every(1))
                if (report.Step == 7)
                    best = run.Hash();
            Steps.Should().Equal(30, 28, 7);
        }

        using var resumed = Run(_ => 0);
        resumed.Trainer.Resume(Folder, new() { Best = true }).Step.Should().Be(7);
        resumed.Hash().Should().Be(best);
        resumed.Trainer.Resume(Folder).Step.Should().Be(30);
    }

    [Fact]
    public void Where_higher_is_better_the_highest_is_kept_and_infinity_is_not_good()
    {
        using var run = Run(step => step == 9 ? double.PositiveInfinity : -Math.Abs(step - 5), goal: MetricGoal.Higher);

        run.Trainer.TrainTo(20).WithCheckpoints(Folder, Keep).Every(1).Should().HaveCount(20);

        Steps.Should().Equal(20, 16, 5);
    }

    [Fact]
    public void A_run_killed_and_resumed_keeps_the_same_best()
    {
        // 12 is good, but not as good as 7 was before the run was killed.
        static double Score(long step) => step == 7 ? 1 : step == 12 ? 2 : 10;
        foreach (var stop in new[] { 9, 20 })
        {
            using var run = Run(Score);
            run.Trainer.ResumeIfAny(Folder);
            using var reports = run.Trainer.TrainTo(20).WithCheckpoints(Folder, Keep).Every(1).GetEnumerator();
            // The first enumerator is left as a kill leaves it: without Dispose, with the lock freed as by the end of the process.
            while (run.Trainer.Step < stop && reports.MoveNext())
            {
            }
        }

        Steps.Should().Equal(20, 16, 7);
        using var best = Run(_ => 0);
        best.Trainer.Resume(Folder, new() { Best = true }).Step.Should().Be(7);
    }

    [Fact]
    public void The_value_to_beat_is_read_from_a_checkpoint_that_was_made_before_the_kill()
    {
        static double Score(long step) => step == 7 ? 1 : 10;
        var killed = Run(Score);
        using (var reports = killed.Trainer.TrainTo(40).WithCheckpoints(Folder, Keep).Every(1).GetEnumerator())
            while (killed.Trainer.Step < 18)
                reports.MoveNext().Should().BeTrue();
        // As if the checkpoint that the end of the run made had never been.
        Directory.Delete(new CheckpointFolder(Folder).PathOf(18), recursive: true);
        killed.Dispose();
        Steps.Should().Equal(16, 7);

        using var run = Run(Score);
        run.Trainer.Resume(Folder).Step.Should().Be(16);
        run.Trainer.TrainTo(30).WithCheckpoints(Folder, Keep).Every(1).Should().HaveCount(14);

        Steps.Should().Equal(30, 28, 7);
    }

    [Fact]
    public void A_best_that_can_not_be_written_leaves_the_one_before()
    {
        using var run = Run(step => step == 3 ? 5 : step == 6 ? 1 : step == 10 ? 4 : 9);
        File.WriteAllText(folder.File("run", "step-000000006.unfinished"), "");

        // RemoveLeftovers looks at folders, so the file stays in the way of step 6.
        run.Trainer.TrainTo(16).WithCheckpoints(Folder, Keep with { OnWriteFailure = WriteFailurePolicy.Continue }).Every(1).Should().HaveCount(16);

        Steps.Should().Equal([16, 12, 10], "4 at step 10 is better than the 5 of step 3, once the 1 of step 6 is known to be lost");
    }

    [Fact]
    public void The_best_of_another_metric_or_folder_is_not_this_ones()
    {
        using var run = Run(step => step == 2 ? 1 : 5);
        run.Trainer.TrainTo(4).WithCheckpoints(Folder, Keep).Every(1).Should().HaveCount(4);

        run.Trainer.TrainTo(8).WithCheckpoints(folder.File("other"), Keep).Every(1).Should().HaveCount(4);

        CheckpointManifest.Read(new CheckpointFolder(folder.File("other")).PathOf(8)).Best!.Step.Should().Be(5);
    }

    [Fact]
    public void What_can_not_work_is_refused_with_what_to_do()
    {
        using var run = Run(_ => 0);
        using var plain = new EverythingRun();

        run.Trainer.Invoking(it => it.TrainTo(4).WithCheckpoints(Folder, Keep with { KeepBest = "fid" })).Should().Throw<ArgumentException>()
            .WithMessage("The checkpoint options are invalid:*- KeepBest must be null or the name of a metric of TrainingOptions.Metrics ('score') but is 'fid'.");
        plain.Trainer.Invoking(it => it.TrainTo(4).WithCheckpoints(Folder, Keep)).Should().Throw<ArgumentException>().WithMessage("*(which has none) but is 'score'.");
        run.Trainer.Invoking(it => it.TrainTo(4).WithCheckpoints(Folder, Keep).Count()).Should().Throw<InvalidOperationException>()
            .WithMessage("CheckpointOptions.KeepBest is 'score', but this run measures nothing. Ask for reports with measurements: Every(…).");
        run.Trainer.TrainTo(2).WithCheckpoints(Folder).Should().HaveCount(2);
        run.Trainer.Invoking(it => it.Resume(Folder, new() { Best = true })).Should().Throw<CheckpointException>().WithMessage("*has no best checkpoint*");
        run.Trainer.Invoking(it => it.Resume(new CheckpointFolder(Folder).PathOf(2), new() { Best = true })).Should().Throw<CheckpointException>().WithMessage("*is one checkpoint*");
    }

    [Fact]
    public void A_best_checkpoint_that_is_damaged_is_named()
    {
        using var run = Run(step => step == 2 ? 1 : 5);
        run.Trainer.TrainTo(12).WithCheckpoints(Folder, Keep).Every(1).Should().HaveCount(12);
        File.AppendAllText(Path.Combine(new CheckpointFolder(Folder).PathOf(2), "state.safetensors"), "x");

        run.Trainer.Invoking(it => it.Resume(Folder, new() { Best = true })).Should().Throw<CheckpointException>()
            .WithMessage("The best checkpoint '*step-000000002' (score 1) can't be used: state.safetensors doesn't match its checksum. *");
    }

    public void Dispose() => folder.Dispose();

    private static EverythingRun Run(Func<long, double> score, MetricGoal goal = MetricGoal.Lower) =>
        new(options: EverythingRun.Options with { Diagnostics = new() { Samples = 0 }, Metrics = [new(StepMetric.Of(score, goal: goal))] });
}
