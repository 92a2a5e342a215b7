using System.Diagnostics;
using System.Globalization;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks;

/// <summary>What the guards add to a step, by two trainers that take turns: one checks every step, the other none of those timed.</summary>
internal static class GuardCost
{
    private const int Rounds = 41, Never = 1_000_000_000;

    public static void Print()
    {
        var image = new ImageShape(1, 28, 28);
        using var ring = Mixtures.Ring();
        using var images = new InMemoryDataset(randint(0, 256, [1_000, 1, 28, 28], ScalarType.Byte));
        var table = new Table().AddColumns("run", "ms a step", "with guards");
        Row("MLP 3 × 128, minimax, batch 64", ring, 40, () => (new MlpGenerator(2, 128, 2), new MlpDiscriminator(2, 128)), new());
        Row("MLP 3 × 512, minimax, batch 64", ring, 20, () => (new MlpGenerator(2, 512, 2), new MlpDiscriminator(2, 512)), new());
        Row("DCGAN 28 × 28, width 32, R3GAN, batch 64", images, 2, () => (new DcganGenerator(image, 64, 32), new DcganDiscriminator(image, 32)), TrainingOptions.RegularizedRelativistic(1_000, 1));
        AnsiConsole.Write(table);

        void Row(string name, Dataset data, int steps, Func<(GeneratorNetwork, DiscriminatorNetwork)> make, TrainingOptions options)
        {
            var quiet = options with { Diagnostics = new() { Samples = 0 } };
            var ((generator, discriminator), (otherGenerator, otherDiscriminator)) = (make(), make());
            using var guarded = new GanTrainer(generator, discriminator, data, quiet);
            using var plain = new GanTrainer(otherGenerator, otherDiscriminator, data, quiet with { Guards = new() { CheckEverySteps = Never } });
            var (plainTimes, ratios) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                var without = Milliseconds(plain, steps);
                ratios.Add(Milliseconds(guarded, steps) / without);
                plainTimes.Add(without / steps);
            }
            table.AddRow(name, Median(plainTimes).ToString("0.00", CultureInfo.InvariantCulture), (Median(ratios) - 1).ToString("+0.0%;-0.0%", CultureInfo.InvariantCulture));
            foreach (var network in new nn.Module[] { generator, discriminator, otherGenerator, otherDiscriminator })
                network.Dispose();
        }
    }

    private static double Milliseconds(GanTrainer trainer, int steps)
    {
        var watch = Stopwatch.StartNew();
        _ = trainer.Train(steps).Every(steps).Last();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
