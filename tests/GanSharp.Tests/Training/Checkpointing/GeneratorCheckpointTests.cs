using FluentAssertions;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
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
}
