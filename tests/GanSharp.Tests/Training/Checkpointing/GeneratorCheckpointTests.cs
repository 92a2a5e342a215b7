using FluentAssertions;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training.Checkpointing;

public sealed class GeneratorCheckpointTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_generator_of_a_checkpoint_is_the_trained_one_or_its_average(bool average)
    {
        using var folder = new TemporaryFolder();
        using var data = new InMemoryDataset(randn(200, 2)).Split(0.5);
        using var generator = new MlpGenerator(latentSize: 3, width: 8, outputSize: 2);
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 16, EmaHalfLifeImages = 64 });
        foreach (var _ in trainer.Train(20).WithCheckpoints(folder.FullName))
        {
        }
        using var loaded = (MlpGenerator)generator.CloneArchitecture()!;

        loaded.LoadCheckpoint(folder.FullName, average).Should().EndWith("step-000000020");

        using var applied = average ? trainer.UseAverage() : null;
        NetworkFingerprint.Compute(loaded).Should().Be(NetworkFingerprint.Compute(generator));
        using var other = new MlpGenerator(latentSize: 4, width: 8, outputSize: 2);
        other.Invoking(it => it.LoadCheckpoint(folder.FullName)).Should().Throw<WeightsMismatchException>();
        other.Invoking(it => it.LoadCheckpoint(folder.File("none"))).Should().Throw<CheckpointException>().WithMessage("*holds no checkpoint. Check the folder's name.");
    }

    [Fact]
    public void An_average_of_a_run_with_frozen_layers_asks_for_the_same_frozen_and_changes_nothing_before()
    {
        using var folder = new TemporaryFolder();
        using var run = new PointRun(Options, makeGenerator: () => Frozen(new MlpGenerator(2, 16, 2)));
        _ = run.Trainer.Train(5).WithCheckpoints(folder.FullName).Count();
        using var loaded = new MlpGenerator(2, 16, 2);
        var before = NetworkFingerprint.Compute(loaded);

        loaded.Invoking(it => it.LoadCheckpoint(folder.FullName)).Should().Throw<WeightsMismatchException>()
            .WithMessage("*'average.values.0' must be Float32 * but is Float32 *an average holds the parameters that were trained: freeze those that were frozen in the run, and no others");
        NetworkFingerprint.Compute(loaded).Should().Be(before);

        Frozen(loaded).LoadCheckpoint(folder.FullName);
        using var applied = run.Trainer.UseAverage();
        NetworkFingerprint.Compute(loaded).Should().Be(NetworkFingerprint.Compute(run.Generator));
    }

    [Fact]
    public void A_name_that_another_average_extends_is_not_taken_for_it()
    {
        using var folder = new TemporaryFolder();
        using var run = new PointRun(Options with { Averages = [new HalfLifeAverage(50) { Name = "slow.er" }] });
        _ = run.Trainer.Train(2).WithCheckpoints(folder.FullName).Count();
        using var loaded = new MlpGenerator(2, 16, 2);

        loaded.Invoking(it => it.LoadCheckpoint(folder.FullName, averageName: "slow")).Should().Throw<CheckpointException>().WithMessage("*has no average of the name 'slow'.*");
        loaded.LoadCheckpoint(folder.FullName, averageName: "slow.er").Should().EndWith("step-000000002");
    }

    [Fact]
    public void The_generator_of_a_live_trainer_keeps_its_parameters_where_the_trainer_put_them()
    {
        using var folder = new TemporaryFolder();
        using var run = new PointRun(Options);
        _ = run.Trainer.Train(2).WithCheckpoints(folder.FullName).Count();

        run.Generator.LoadCheckpoint(folder.FullName);

        var loaded = NetworkFingerprint.Compute(run.Generator);
        using (run.Trainer.UseAverage())
            NetworkFingerprint.Compute(run.Generator).Should().Be(loaded);
        run.Trainer.Train(2).Should().HaveCount(2);
        NetworkFingerprint.Compute(run.Generator).Should().NotBe(loaded, "it still learns");
    }

    private static TrainingOptions Options => new() { BatchSize = 16, EmaHalfLifeImages = 64, Diagnostics = new() { Samples = 0 } };

    private static MlpGenerator Frozen(MlpGenerator generator)
    {
        generator.parameters().First().requires_grad = false;
        return generator;
    }
}
