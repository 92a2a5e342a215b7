using FluentAssertions;
using GanSharp.FaultWorker;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Penalties.Consistency;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Penalties.Weights;
using GanSharp.Players;
using GanSharp.Schedules;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training.Checkpointing;

public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Variations => [.. Variants.Keys];

    private static Dictionary<string, TrainingOptions> Variants { get; } = new()
    {
        ["everything"] = EverythingRun.Options,
        ["defaults"] = new() { BatchSize = 30 },
        ["no average"] = EverythingRun.Options with { EmaHalfLifeImages = null },
        ["k = 5, Wasserstein"] = EverythingRun.Options with { DiscriminatorSteps = 5, Objective = GanObjective.Wasserstein },
        ["batches that don't divide the data"] = EverythingRun.Options with { BatchSize = 77 },
        ["smoothed labels, one penalty"] = new() { BatchSize = 30, Objective = new LabelSmoothing(0.8), DiscriminatorPenalties = [new R1(Schedule.Linear(1, 0, 20))] },
        ["penalties with a state"] = EverythingRun.Options with
        {
            DiscriminatorPenalties = [new LeCam(0.3, 0.9), new DiscriminatorHistoricalAveraging(1), new LatentConsistency(1, everySteps: 3), new WassersteinGradientPenalty(1, everySteps: 2)],
            GeneratorPenalties = [new PathLength(0.1, 0.9, everySteps: 2), new GeneratorHistoricalAveraging(1), new ModeSeeking(0.1), new LatentDiversity(0.1)],
            Objective = new TopK(new NoisyLabels(GanObjective.NonSaturating, 0.2), Schedule.Linear(1, 0.5, 20)),
        },
        ["limited weights"] = EverythingRun.Options with { DiscriminatorWeightLimit = 0.1, Objective = GanObjective.Wasserstein },
        ["limited weights, bfloat16"] = EverythingRun.Options with { DiscriminatorWeightLimit = 0.1, Precision = Precision.BFloat16 },
        ["bfloat16"] = EverythingRun.Options with { Precision = Precision.BFloat16 },
        ["skip"] = EverythingRun.Options with { Guards = new() { Policy = DivergencePolicy.SkipStep } },
        ["roll-back"] = EverythingRun.Options with { Guards = new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 3 } },
    };

    [Theory]
    [MemberData(nameof(Variations))]
    public void An_interrupted_run_ends_as_the_run_that_was_not(string variation)
    {
        var options = Variants[variation];
        var whole = Train(options, "whole", [30], every: 7).Hash;

        // Interrupted between reports, at a report, and directly after a resume; each part with networks of its own.
        Train(options, "parts", [4, 14, 15, 30], every: 7).Hash.Should().Be(whole);
    }

    [Fact]
    public void Reports_after_a_resume_are_those_of_the_run_that_was_not_interrupted()
    {
        var whole = Train(EverythingRun.Options, "whole", [42], every: 10).Reports;
        var parts = Train(EverythingRun.Options, "parts", [23, 42], every: 10).Reports;

        // The first part also reports where it was interrupted, so that report's interval and the next one's are parts of one.
        whole.Select(report => report.Step).Should().Equal(10, 20, 30, 40, 42);
        parts.Select(report => report.Step).Should().Equal(10, 20, 23, 30, 40, 42);
        foreach (var (report, same) in whole.Where(report => report.Step != 30).Zip(parts.Where(report => report.Step is not (23 or 30))))
            (same with { Health = null }).Should().BeEquivalentTo(
                report with { Health = null, LastStep = same.LastStep }, it => it.Excluding(value => value.SamplesPerSecond).Excluding(value => value.Elapsed));
    }

    [Fact]
    public void A_run_that_was_canceled_between_two_reports_gives_the_reports_and_verdicts_of_the_run_that_was_not()
    {
        List<StepReport> Train(string name, long canceledIn)
        {
            using var cancellation = new CancellationTokenSource();
            using var run = new EverythingRun(duringStep: step =>
            {
                if (step + 1 == canceledIn)
                    cancellation.Cancel();
            });
            run.Trainer.ResumeIfAny(folder.File(name));
            return [.. run.Trainer.TrainTo(42, cancellation.Token).WithCheckpoints(folder.File(name)).Every(10)];
        }
        var whole = Train("whole", canceledIn: 0);

        var before = Train("parts", canceledIn: 23);
        var after = Train("parts", canceledIn: 0);

        before.Select(report => report.Step).Should().Equal(10, 20);
        after.Select(report => report.Step).Should().Equal(30, 40, 42);
        foreach (var (report, same) in whole.Zip(before.Concat(after)))
            same.Should().BeEquivalentTo(report, it => it.Excluding(value => value.SamplesPerSecond).Excluding(value => value.Elapsed));
    }

    [Fact]
    public void Sums_between_reports_are_saved_so_that_a_killed_run_reports_the_same_means()
    {
        using var killed = new EverythingRun();
        // A run that is killed leaves the checkpoint of step 15, in the middle of the interval of ten.
        using (var reports = killed.Trainer.TrainTo(42).WithCheckpoints(folder.File("run"), new() { EverySteps = 15, KeepLast = 9 }).Every(10).GetEnumerator())
            for (var count = 0; count < 2; count++)
                reports.MoveNext().Should().BeTrue();
        var whole = Train(EverythingRun.Options, "whole", [20], every: 10).Reports[1];

        using var run = new EverythingRun(weightSeed: 3);
        run.Trainer.Resume(folder.File("run", "step-000000015")).Step.Should().Be(15);
        var resumed = run.Trainer.TrainTo(20).Every(10).Single();

        resumed.Should().BeEquivalentTo(whole, it => it.Excluding(value => value.SamplesPerSecond).Excluding(value => value.Elapsed));
        resumed.Diagnostics!.Calibration.Should().NotBeNull();
    }

    [Fact]
    public void Diagnostics_and_samples_on_the_way_change_nothing()
    {
        var plain = Train(EverythingRun.Options with { Diagnostics = new() { Samples = 0 } }, "plain", [30], every: 30).Hash;
        var looked = Train(EverythingRun.Options, "looked", [11, 30], every: 3, look: true).Hash;

        looked.Should().Be(plain);
    }

    [Fact]
    public void Changed_options_are_refused_with_every_difference()
    {
        Train(EverythingRun.Options, "run", [3]);
        using var run = new EverythingRun(options: EverythingRun.Options with
        {
            BatchSize = 20,
            Objective = GanObjective.Minimax,
            GeneratorOptimizer = EverythingRun.Options.GeneratorOptimizer with { LearningRate = 0.5 },
            Diagnostics = new() { Samples = 0 },
        });
        var before = run.Hash();

        run.Trainer.Invoking(it => it.Resume(folder.File("run"))).Should().Throw<CheckpointException>().WithMessage(
            $"""
            The options differ from those of the checkpoint '{folder.File("run", "step-000000003")}':
            - BatchSize is 20 but was 30
            - GeneratorOptimizer.LearningRate is 0.5 but was 0.001 to 1E-05, cosine over 100 steps from 100
            - Objective is Minimax but was RelativisticPaired
            Set them as they were, name in ResumeOptions.AllowedChanges what is meant to change, or take another folder for a new run.
            """);
        run.Hash().Should().Be(before, "a refusal leaves the trainer as it was");
    }

    [Fact]
    public void What_may_change_is_named_and_then_reported()
    {
        Train(EverythingRun.Options, "run", [3]);
        using var run = new EverythingRun(options: EverythingRun.Options with
        {
            BatchSize = 20,
            GeneratorOptimizer = EverythingRun.Options.GeneratorOptimizer with { LearningRate = 0.5 },
        });

        var report = run.Trainer.Resume(folder.File("run"), new() { AllowedChanges = [nameof(TrainingOptions.BatchSize), nameof(AdamOptions.LearningRate)] });

        report.Changes.Should().Equal("BatchSize is 20 but was 30", "GeneratorOptimizer.LearningRate is 0.5 but was 0.001 to 1E-05, cosine over 100 steps from 100");
        report.IsExact.Should().BeFalse();
        run.Trainer.TrainTo(5).Should().HaveCount(2);
        run.Trainer.Invoking(it => it.Resume(folder.File("run"), new() { AllowedChanges = ["Rate"] })).Should().Throw<ArgumentException>()
            .WithMessage("AllowedChanges must hold names of options but 'Rate' is none of Augmentation, BatchSize, *").WithParameterName("mayChange");
    }

    [Fact]
    public void Every_option_is_in_the_comparison()
    {
        using var run = new EverythingRun();

        var names = run.Trainer.Describe().Keys;

        names.Should().Contain(typeof(TrainingOptions).GetProperties().Select(property => property.Name)
            .Except([nameof(TrainingOptions.Diagnostics), nameof(TrainingOptions.Guards), nameof(TrainingOptions.Prefetch), nameof(TrainingOptions.Communicator), nameof(TrainingOptions.DiscriminatorPenalties), nameof(TrainingOptions.GeneratorPenalties), nameof(TrainingOptions.Averages),
                nameof(TrainingOptions.Metrics), nameof(TrainingOptions.Logger), nameof(TrainingOptions.TimeProvider)]));
        names.Should().NotContain(name => name.StartsWith("Metrics", StringComparison.Ordinal) || name.StartsWith("Logger", StringComparison.Ordinal) || name.StartsWith("TimeProvider", StringComparison.Ordinal));
        names.Should().Contain(["DiscriminatorPenalties.0", "DiscriminatorPenalties.0.Gamma", "DiscriminatorPenalties.2", "Data.FirstSamples", "Generator.Prior"]);
    }

    [Fact]
    public void Other_networks_are_refused_with_every_mismatch()
    {
        Train(EverythingRun.Options, "run", [3]);
        using var run = new EverythingRun(width: 8);

        run.Trainer.Invoking(it => it.Resume(folder.File("run"))).Should().Throw<CheckpointException>()
            .WithMessage("*is of other networks or optimizers:*'generator.body.0.weight' must be Float32 [8, 4] but is Float32 [16, 4]*'optimizer.discriminator.mean.0'*Make the networks and options as they were.");
    }

    [Fact]
    public void Another_thread_count_is_allowed_and_said()
    {
        Train(EverythingRun.Options, "run", [3]);
        using var run = new EverythingRun();
        var threads = get_num_threads();
        set_num_threads(threads + 1);
        try
        {
            var report = run.Trainer.Resume(folder.File("run"));

            report.Warnings.Should().ContainSingle().Which.Should().Be($"threads is {threads + 1} but was {threads}: the run goes on within rounding, not bit for bit");
            report.IsExact.Should().BeFalse();
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Without_a_checkpoint_a_resume_is_refused_unless_it_is_optional()
    {
        using var run = new EverythingRun();

        run.Trainer.ResumeIfAny(folder.File("none")).Should().BeNull();
        run.Trainer.Invoking(it => it.Resume(folder.File("none"))).Should().Throw<CheckpointException>()
            .WithMessage($"'{folder.File("none")}' holds no checkpoint. Start without Resume, or check the folder's name.");
    }

    [Fact]
    public void Saving_and_resuming_leaves_no_tensor_behind()
    {
        using var run = new EverythingRun(options: EverythingRun.Options with { Guards = new() { Policy = DivergencePolicy.RollBack } });
        void Once()
        {
            var name = Guid.NewGuid().ToString("N");
            _ = run.Trainer.Train(4).WithCheckpoints(folder.File(name), new() { EverySteps = 2 }).Count();
            run.Trainer.Resume(folder.File(name));
        }
        Once();
        var before = LiveTensors.Settled();

        for (var repetition = 0; repetition < 5; repetition++)
            Once();

        LiveTensors.Settled().Should().Be(before);
    }

    public void Dispose() => folder.Dispose();

    private (string Hash, List<StepReport> Reports) Train(TrainingOptions options, string name, int[] stops, int every = 5, bool look = false)
    {
        var reports = new List<StepReport>();
        for (var part = 0; ; part++)
        {
            using var run = new EverythingRun(weightSeed: part, options: options);
            if (part > 0)
                run.Trainer.Resume(folder.File(name)).IsExact.Should().BeTrue();
            foreach (var report in run.Trainer.TrainTo(stops[part]).WithCheckpoints(folder.File(name), new() { EverySteps = 6 }).Every(every))
            {
                reports.Add(report);
                if (look)
                    run.Trainer.Sample(4).Dispose();
            }
            if (part == stops.Length - 1)
                return (run.Hash(), reports);
        }
    }
}
