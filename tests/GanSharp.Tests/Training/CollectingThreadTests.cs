using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>A host's other threads allocate and collect; a run beside them is, bit for bit, the run without them.</summary>
public sealed class CollectingThreadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_beside_a_collecting_thread_is_bit_for_bit_the_quiet_run(bool readAhead)
    {
        var quiet = Train(readAhead);

        using var collecting = new CollectingThread();
        for (var run = 0; run < 3; run++)
            Train(readAhead).Should().Be(quiet);

        collecting.Collections.Should().BeGreaterThan(100);
    }

    /// <summary>A small DCGAN with batch norm in G, penalties, average and checkpoints.</summary>
    private static string Train(bool readAhead)
    {
        using var folder = new TemporaryFolder();
        using var random = new TorchSharp.torch.Generator(1);
        using var images = rand([200, 1, 8, 8], ScalarType.Float32, generator: random) * 2 - 1;
        using var data = new InMemoryDataset(images);
        manual_seed(3);
        using var generator = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 4, width: 4);
        using var discriminator = new DcganDiscriminator(new ImageShape(1, 8, 8), width: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(steps: 40, gamma: 0.1) with { BatchSize = 8, Prefetch = readAhead });
        foreach (var report in trainer.TrainTo(40).WithCheckpoints(folder.FullName, new() { EverySteps = 10 }).Every(20))
            report.Warnings.Should().BeEmpty();
        using var averaged = trainer.UseAverage();
        return $"{NetworkFingerprint.Compute(generator)} {NetworkFingerprint.Compute(discriminator)}";
    }
}
