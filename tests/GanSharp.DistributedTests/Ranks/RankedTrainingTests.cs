using FluentAssertions;
using GanSharp.Communication;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Tests.Training;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Ranks;

/// <summary>What several ranks promise: one model, one verdict, one end.</summary>
public sealed class RankedTrainingTests
{
    private const int BatchSize = 4;

    private static TrainingOptions Options => new()
    {
        GeneratorOptimizer = new SgdOptions { LearningRate = 0.05 }, DiscriminatorOptimizer = new SgdOptions { LearningRate = 0.05 },
        BatchSize = BatchSize, Objective = new RelativisticAverage(), DiscriminatorPenalties = [new R1(0.1), new R2(0.1), new LeCam(0.1)],
        EmaHalfLifeImages = 100, Diagnostics = new() { Samples = 0 },
    };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_500_steps_all_ranks_have_the_same_bits(int size)
    {
        var prints = RankThreads.Run(size, ranks => Train(Options with { Communicator = ranks, GeneratorOptimizer = new AdamOptions(), DiscriminatorOptimizer = new AdamOptions() }, 500, seed: 1 + ranks.Rank));

        prints.Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Ranks_train_as_one_process_with_batch_norm_and_accumulation(int microBatches, int discriminatorSteps)
    {
        // Parts of a batch are normalized each by itself, and are others where ranks divide it first.
        Func<GeneratorNetwork>? generator = microBatches == 1 ? () => new NormGenerator() : null;
        var options = Options with { MicroBatches = microBatches, DiscriminatorSteps = discriminatorSteps, Objective = microBatches == 1 ? Options.Objective : GanObjective.NonSaturating, DiscriminatorPenalties = [new R1(0.1), new R2(0.1)] };
        using var alone = new PointRun(options with { BatchSize = 3 * BatchSize }, 1, generator, Points());
        var report = alone.Train(50);

        var runs = RankThreads.Run(3, ranks =>
        {
            var run = Make(options with { Communicator = ranks }, 1 + ranks.Rank, generator);
            return (Run: run, Report: run.Train(50));
        });

        foreach (var (run, own) in runs)
        {
            NetworkDifference.Largest(run.Generator, alone.Generator).Should().BeLessThan(2e-5);
            NetworkDifference.Largest(run.Discriminator, alone.Discriminator).Should().BeLessThan(2e-5);
            own.DiscriminatorLoss.Should().Be(runs[0].Report.DiscriminatorLoss).And.BeApproximately(report.DiscriminatorLoss, 1e-4);
            run.Dispose();
        }
    }

    [Fact]
    public void Unlike_options_are_named_on_every_rank_before_a_step()
    {
        var failures = RankThreads.Failures(3, ranks => Train(Options with { Communicator = ranks, Seed = ranks.Rank == 1 ? 7 : 0, BatchSize = ranks.Rank == 2 ? 5 : BatchSize }, 5));

        failures.Should().AllSatisfy(failure => failure.Should().BeOfType<RanksDifferException>().Which.Message.Should()
            .Contain("rank 1: Seed is 7 but on rank 0 0").And.Contain("rank 2: BatchSize is 5 but on rank 0 4"));
    }

    [Fact]
    public void Other_widths_and_other_data_are_named()
    {
        var failures = RankThreads.Failures(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 1, () => new MlpGenerator(2, ranks.Rank == 0 ? 16 : 8, 2), ranks.Rank == 0 ? 50 : 40);
            run.Train(1);
        });

        failures.Should().AllSatisfy(failure => failure.Should().BeOfType<RanksDifferException>().Which.Message.Should()
            .Contain("rank 1: 'generator.body.linear0.weight' is Float32 [8, 2] but on rank 0 Float32 [16, 2]").And.Contain("Data.Count is 40 but on rank 0 50"));
    }

    [Fact]
    public void A_token_that_is_canceled_on_one_rank_ends_all_after_the_same_step()
    {
        var steps = RankThreads.Run(3, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 1);
            using var cancellation = new CancellationTokenSource();
            foreach (var report in run.Trainer.Train(1000, cancellation.Token))
                if (ranks.Rank == 2 && report.Step == 17)
                    cancellation.Cancel();
            return run.Trainer.Step;
        });

        steps.Should().Equal(17, 17, 17);
    }

    [Fact]
    public void A_rank_that_leaves_the_loop_takes_the_others_with_it()
    {
        var steps = RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 1);
            foreach (var report in run.Trainer.Train(1000).Every(5))
                if (ranks.Rank == 1 && report.Step == 20)
                    break;
            return run.Trainer.Step;
        });

        steps.Should().Equal(20, 20);
    }

    [Fact]
    public void A_pause_on_one_rank_holds_all()
    {
        var steps = RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 1);
            IDisposable? pause = null;
            foreach (var report in run.Trainer.Train(40))
                if (ranks.Rank == 0 && report.Step == 10)
                {
                    pause = run.Trainer.Pause();
                    _ = Task.Run(async () =>
                    {
                        await Task.Delay(100);
                        pause.Dispose();
                    });
                }
            return run.Trainer.Step;
        });

        steps.Should().Equal(40, 40);
    }

    [Fact]
    public void A_NaN_on_one_rank_rolls_all_back_at_the_same_step()
    {
        var ends = RankThreads.Run(2, ranks =>
        {
            var options = Options with { Communicator = ranks, Objective = new Poisoned(atStep: 12, isHere: ranks.Rank == 1), Guards = new() { Policy = DivergencePolicy.RollBack, CheckEverySteps = 1, SnapshotEverySteps = 5 } };
            using var run = Make(options, 1);
            var warnings = run.Trainer.Train(30).SelectMany(report => report.Warnings).Where(warning => warning.Contains("step", StringComparison.Ordinal)).ToArray();
            return (Print: NetworkFingerprint.Compute(run.Generator), Warnings: string.Join("; ", warnings), run.Trainer.SamplesSeen);
        });

        ends[1].Should().Be(ends[0]);
        ends[0].Warnings.Should().NotBeEmpty();
    }

    [Fact]
    public void Rank_0_alone_has_checkpoints_and_all_resume_from_them_bit_for_bit()
    {
        using var folders = new TemporaryFolder();
        string Folder(int rank) => Path.Combine(folders.FullName, $"disk{rank}");
        var whole = RankThreads.Run(2, ranks => Train(Options with { Communicator = ranks }, 30));
        RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 1);
            foreach (var _ in run.Trainer.TrainTo(20).WithCheckpoints(Folder(ranks.Rank), new() { EverySteps = 10 }))
            {
            }
            return true;
        });
        Directory.Exists(Folder(1)).Should().BeFalse();

        var resumed = RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks }, 5 + ranks.Rank);
            run.Trainer.ResumeIfAny(Folder(ranks.Rank))!.IsExact.Should().BeTrue();
            foreach (var _ in run.Trainer.TrainTo(30))
            {
            }
            return NetworkFingerprint.Compute(run.Generator) + NetworkFingerprint.Compute(run.Discriminator);
        });

        resumed.Should().Equal(whole);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_resume_on_another_number_of_ranks_keeps_the_batch_of_all(int size)
    {
        using var folder = new TemporaryFolder();
        // Penalties with state of their own are each rank's.
        static TrainingOptions Of(int batchSize) => Options with { BatchSize = batchSize };
        RankThreads.Run(2, ranks => TrainTo(Of(6) with { Communicator = ranks }, 20, folder.FullName).Step);
        using var alone = Make(Of(12), 1);
        alone.Train(30);

        var ends = RankThreads.Run(size, ranks =>
        {
            using var run = Make(Of(12 / size) with { Communicator = ranks }, 9);
            var report = run.Trainer.Resume(folder.FullName);
            report.Warnings.Should().ContainSingle().Which.Should().StartWith($"the number of processes is {size} but was 2");
            foreach (var _ in run.Trainer.TrainTo(30))
            {
            }
            return (run.Trainer.SamplesSeen, NetworkDifference.Largest(run.Generator, alone.Generator));
        });

        foreach (var (seen, difference) in ends)
        {
            seen.Should().Be(30 * 12);
            difference.Should().BeLessThan(2e-5);
        }
        var other = RankThreads.Failures(3, ranks =>
        {
            using var run = Make(Of(6) with { Communicator = ranks }, 1);
            run.Trainer.Resume(folder.FullName);
        });
        other.Should().AllSatisfy(failure => failure.Should().BeOfType<CheckpointException>().Which.Message.Should().Contain("BatchSize is 18 but was 12"));
    }

    [Fact]
    public void A_folder_of_another_run_is_refused_on_every_rank()
    {
        using var folder = new TemporaryFolder();
        RankThreads.Run(2, ranks => TrainTo(Options with { Communicator = ranks }, 5, folder.FullName).Step);

        var failures = RankThreads.Failures(2, ranks => TrainTo(Options with { Communicator = ranks }, 3, folder.FullName));

        failures[0].Should().BeOfType<CheckpointException>();
        failures[1].Should().BeOfType<RanksDifferException>().Which.Message.Should().Contain("holds a checkpoint of step 5");
    }

    [Fact]
    public void State_that_each_rank_has_for_itself_is_named_by_a_resume()
    {
        using var folder = new TemporaryFolder();
        RankThreads.Run(2, ranks => TrainTo(Options with { Communicator = ranks, DiscriminatorPenalties = [new OwnMean()] }, 5, folder.FullName).Step);

        var reports = RankThreads.Run(2, ranks =>
        {
            using var run = Make(Options with { Communicator = ranks, DiscriminatorPenalties = [new OwnMean()] }, 1);
            return run.Trainer.Resume(folder.FullName);
        });

        reports.Should().AllSatisfy(report => report.Warnings.Should().ContainSingle().Which.Should().StartWith("each process had its own penalty.0.mean;"));
    }

    [Theory]
    [InlineData(3, 4, 20)]
    [InlineData(4, 3, 25)]
    [InlineData(2, 5, 23)]
    public void No_sample_is_lost_or_doubled_over_an_epoch(int size, int batchSize, int count)
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(arange(count, ScalarType.Float32).unsqueeze(1), arange(count, ScalarType.Int64));
        // As many steps as make whole epochs.
        var steps = count;
        var seen = new List<float>();
        for (long position = 0; position < (long)steps * size * batchSize; position += size * batchSize)
            for (var rank = 0; rank < size; rank++)
            {
                using var drawing = NewDisposeScope();
                var (samples, labels) = data.Draw(3, position + rank * batchSize, batchSize);
                samples.squeeze(1).to(ScalarType.Int64).equal(labels!).all().item<bool>().Should().BeTrue();
                seen.AddRange(samples.data<float>().ToArray());
            }

        seen.Chunk(count).Should().AllSatisfy(epoch => epoch.Order().Should().Equal(Enumerable.Range(0, count).Select(index => (float)index)));
    }

    private static string Train(TrainingOptions options, int steps, int seed = 1)
    {
        using var run = Make(options, seed);
        run.Train(steps);
        return NetworkFingerprint.Compute(run.Generator) + NetworkFingerprint.Compute(run.Discriminator);
    }

    private static (long Step, long Seen) TrainTo(TrainingOptions options, int step, string folder)
    {
        using var run = Make(options, 1);
        foreach (var _ in run.Trainer.TrainTo(step).WithCheckpoints(folder))
        {
        }
        return (run.Trainer.Step, run.Trainer.SamplesSeen);
    }

    /// <summary>Threads share torch's global generator, from which first weights come.</summary>
    private static PointRun Make(TrainingOptions options, int seed, Func<GeneratorNetwork>? generator = null, int count = 50)
    {
        lock (typeof(RankedTrainingTests))
            return new PointRun(options, seed, generator, Points(count));
    }

    private static InMemoryDataset Points(int count = 50)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        return new InMemoryDataset(randn([count, 2], generator: random));
    }

    private sealed class NormGenerator : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> body = Sequential(("linear0", Linear(2, 8)), ("norm", BatchNorm1d(8)), ("activation", ReLU()), ("linear1", Linear(8, 2)));

        public NormGenerator()
            : base(nameof(NormGenerator), LatentPrior.Normal(2)) => RegisterComponents();

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
    }

    /// <summary>Remembers the mean logit of this rank alone.</summary>
    private sealed class OwnMean : DiscriminatorPenalty, GanSharp.Tensors.IStateful
    {
        private readonly Tensor mean = zeros(1).DetachFromDisposeScope();

        public IReadOnlyList<(string Name, Tensor Value)> State => [("mean", mean)];

        public double[] Scalars
        {
            get => [];
            set { }
        }

        public override Tensor Evaluate(DiscriminatorPass pass)
        {
            using (no_grad())
                mean.copy_(pass.Real.Logits.mean().unsqueeze(0));
            return (pass.Real.Logits - mean).square();
        }
    }

    /// <summary>NaN once, on one rank.</summary>
    private sealed class Poisoned(int atStep, bool isHere) : GanObjective
    {
        private bool isDone;

        public override LossTerms DiscriminatorLoss(ObjectiveContext context)
        {
            var poison = isHere && !isDone && context.Step == atStep;
            isDone |= poison;
            return new LossTerms { [LossTerms.Adversarial] = NonSaturating.DiscriminatorLoss(context.Real.Logits, context.Fake.Logits) * (poison ? double.NaN : 1) };
        }

        public override LossTerms GeneratorLoss(ObjectiveContext context) => NonSaturating.GeneratorLoss(context);
    }
}
