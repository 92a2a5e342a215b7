using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Players;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

/// <summary>What a pair of networks has to do in a trainer.</summary>
internal static class NetworkRuns
{
    private const int Steps = 20, InterruptedAfter = 9;

    /// <summary>Twenty steps with R1 and R2 end with the same bits, whether they were interrupted or not, in a process that draws other random numbers in between.</summary>
    public static void ResumesExactly(TemporaryFolder folder, ImageShape image, Precision precision, Func<GeneratorNetwork> makeGenerator, Func<DiscriminatorNetwork> makeDiscriminator)
    {
        string Train(string name, params int[] ends)
        {
            var hash = "";
            foreach (var end in ends)
            {
                manual_seed(end == ends[0] ? 0 : 9);
                using var data = Images(image);
                using var generator = makeGenerator();
                using var discriminator = makeDiscriminator();
                if (end == ends[0])
                    manual_seed(4);
                using var trainer = new GanTrainer(generator, discriminator, data, Options with { Precision = precision, Diagnostics = new() { Samples = 0 } });
                trainer.ResumeIfAny(folder.File(name));
                var reports = trainer.TrainTo(end).WithCheckpoints(folder.File(name)).Every(5).ToList();
                reports.Should().OnlyContain(report => double.IsFinite(report.DiscriminatorLoss) && double.IsFinite(report.GeneratorLoss));
                using (trainer.UseAverage())
                    hash = NetworkFingerprint.Compute(generator) + NetworkFingerprint.Compute(discriminator);
            }
            return hash;
        }

        Train("parts", InterruptedAfter, Steps).Should().Be(Train("whole", Steps));
    }

    /// <summary>Live tensors are the same in number after more steps.</summary>
    public static void LeavesNothing(ImageShape image, Func<GeneratorNetwork> makeGenerator, Func<DiscriminatorNetwork> makeDiscriminator)
    {
        using var data = Images(image);
        using var generator = makeGenerator();
        using var discriminator = makeDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, Options);
        trainer.Train(6).Every(3).Should().HaveCount(2);
        var before = LiveTensors.Settled();

        trainer.Train(12).Every(3).Should().HaveCount(4);
        generator.Sample(3, label: generator.Classes is null ? null : 0).Dispose();

        LiveTensors.Settled().Should().Be(before);
    }

    private static TrainingOptions Options => TrainingOptions.RegularizedRelativistic(Steps, 0.5, 1e-3) with { BatchSize = 8, EmaHalfLifeImages = 100, Diagnostics = new() { Samples = 40 } };

    private static InMemoryDataset Images(ImageShape image)
    {
        using var random = new Generator(5);
        using var pixels = randint(0, 256, [160, image.Channels, image.Height, image.Width], ScalarType.Byte, generator: random);
        using var labels = arange(160) % 3;
        using var all = new InMemoryDataset(pixels, labels);
        return all.Split(0.4);
    }
}
