using System.Diagnostics;
using System.Globalization;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Spectre.Console;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>
/// What one report of the diagnostics costs on 10,000 held-out samples, as a share of the training between two reports at the default
/// interval of <see cref="TrainingRun{TReport}.Every"/>. Steps and looks are timed in turn, so that a busy machine slows both.
/// </summary>
internal static class DiagnosticsCost
{
    private const int HeldOutSamples = 10_000, Rounds = 7, StepsPerRound = 40;

    public static void Print()
    {
        var table = new Table().AddColumns("run", "ms a step", "ms a look", $"share at one look every {TrainingRun.DefaultInterval:N0} steps");
        foreach (var (name, data, generator, discriminator, options) in Runs())
            using (data)
            using (generator)
            using (discriminator)
            {
                var (step, look) = Measure(generator, discriminator, data, options);
                table.AddRow(name, Number(step), Number(look), (look / (step * TrainingRun.DefaultInterval)).ToString("0.0%", CultureInfo.InvariantCulture));
            }
        AnsiConsole.Write(table);
    }

    private static IEnumerable<(string, Dataset, GeneratorNetwork, DiscriminatorNetwork, TrainingOptions)> Runs()
    {
        manual_seed(0);
        yield return ("MLP 3 × 128, minimax, batch 64", Mixtures.Ring(), new MlpGenerator(2, 128, 2), new MlpDiscriminator(2, 128), new());
        yield return ("MLP 3 × 128, R3GAN, batch 256", Mixtures.Ring(), new MlpGenerator(2, 128, 2), new MlpDiscriminator(2, 128), TrainingOptions.RegularizedRelativistic(1_000, 1) with { BatchSize = 256 });
        var image = new ImageShape(1, 28, 28);
        Tensor Images() => randint(0, 256, [HeldOutSamples, 1, 28, 28], ScalarType.Byte);
        foreach (var (name, options) in new[] { ("minimax", new TrainingOptions()), ("R3GAN", TrainingOptions.RegularizedRelativistic(1_000, 1)) })
            yield return ($"DCGAN 28 × 28, width 32, {name}, batch 64", new InMemoryDataset(Images(), heldOut: new InMemoryDataset(Images())),
                new DcganGenerator(image, 64, 32), new DcganDiscriminator(image, 32), options);
    }

    private static (double StepMilliseconds, double LookMilliseconds) Measure(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options)
    {
        using var trainer = new GanTrainer(generator, discriminator, data, options with { Diagnostics = new() { Samples = 0 } });
        var monitor = new DiagnosticMonitor(generator, discriminator, data, options.Objective, new() { Samples = HeldOutSamples });
        void Train() => _ = trainer.Train(StepsPerRound).Every(StepsPerRound).Last();
        void Look() => monitor.Look(trainer.Step, trainer.SamplesSeen);
        Train();
        Look();
        var (steps, looks) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            steps.Add(Milliseconds(Train) / StepsPerRound);
            looks.Add(Milliseconds(Look));
        }
        return (Median(steps), Median(looks));
    }

    private static double Milliseconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
