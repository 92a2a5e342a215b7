using System.Diagnostics;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Runtime;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

public sealed class MemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hundreds_of_steps_leave_no_tensor_behind(bool recipe)
    {
        using var data = new InMemoryDataset(zeros([256, 1, 8, 8], ScalarType.Byte), zeros(256, ScalarType.Int64)).Split(0.2);
        var image = new ImageShape(1, 8, 8);
        using var generator = new DcganGenerator(image, latentSize: 8, width: 4);
        using var discriminator = new DcganDiscriminator(image, width: 4);
        var options = recipe ? TrainingOptions.RegularizedRelativistic(500, 1) : new TrainingOptions { DiscriminatorSteps = 2, EmaHalfLifeImages = 1_000 };
        using var trainer = new GanTrainer(generator, discriminator, data, options with { BatchSize = 16, Diagnostics = new() { Samples = 40 } });
        trainer.Train(20).Every(10).Should().HaveCount(2);
        var before = LiveTensors.Settled();

        trainer.Train(300).Every(10).Should().HaveCount(30);

        LiveTensors.Settled().Should().Be(before);
    }

    [Fact]
    public void Sampling_measuring_and_making_trainers_leave_no_tensor_behind()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        void Once()
        {
            using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(10, 1));
            trainer.Train(5).Every(5).Should().ContainSingle();
            trainer.Sample(3_000).Dispose();
            _ = GanSharp.Divergences.JensenShannon.Bound(discriminator, data.HeldOut, generator, 500);
        }

        // A trainer samples from a copy of G, and TorchSharp's count keeps one for each parameter of a network that is made and disposed.
        LiveTensors.Grown(Once).Should().Be(LiveTensors.Grown(() => generator.CloneArchitecture().Dispose()));
    }

    [Fact]
    public void What_only_a_finalizer_frees_is_collected_every_few_steps_where_a_tuning_asks_for_it()
    {
        using var asked = new CollectionEvery(16);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 4, 2);
        using var discriminator = new MlpDiscriminator(2, 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 4, Diagnostics = new() { Samples = 0 } });
        var before = GC.CollectionCount(0);

        trainer.Train(160).Every(160).Should().ContainSingle();

        (GC.CollectionCount(0) - before).Should().BeGreaterThanOrEqualTo(10, "the garbage collector alone would not run in so few steps, and the native numbers of a step would pile up");
    }

    private sealed class CollectionEvery : IDisposable
    {
        private readonly int before = NativeNumbers.StepsBetweenCollections;

        public CollectionEvery(int steps) => NativeNumbers.StepsBetweenCollections = steps;

        public void Dispose() => NativeNumbers.StepsBetweenCollections = before;
    }

    [Fact]
    public void Resident_memory_is_flat_over_hundreds_of_steps()
    {
        using var data = new InMemoryDataset(zeros([256, 1, 28, 28], ScalarType.Byte));
        var image = new ImageShape(1, 28, 28);
        using var generator = new DcganGenerator(image, latentSize: 16, width: 8);
        using var discriminator = new DcganDiscriminator(image, width: 8);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(500, 1) with { BatchSize = 32 });
        trainer.Train(150).Every(50).Should().HaveCount(3);
        var before = ResidentBytes();

        trainer.Train(300).Every(50).Should().HaveCount(6);

        // One batch's activations take about 3 MB a pass; a leak of any of them would show as hundreds of megabytes.
        (ResidentBytes() - before).Should().BeLessThan(40 << 20);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
