using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Training;
using GanSharp.Training.Guards;
using TorchSharp;

namespace GanSharp.Benchmarks;

/// <summary>Fingerprints of seeded runs: a change of the trainer that means to change no bit is compared with the commit before it.</summary>
internal static class HashesCommand
{
    private const int Steps = 40;
    private static readonly ImageShape Image = new(1, 8, 8);

    public static void Print()
    {
        foreach (var (name, options) in Runs())
        {
            using var ring = Mixtures.Ring();
            Print($"MLP, {name}", () => new MlpGenerator(2, 32, 2), () => new MlpDiscriminator(2, 32), ring, options);
            torch.manual_seed(5);
            using var pixels = torch.rand(64, 1, 8, 8) * 2 - 1;
            using var images = new InMemoryDataset(pixels);
            Print($"DCGAN, {name}", () => new DcganGenerator(Image, 8, 8), () => new DcganDiscriminator(Image, 8), images, options);
            Print($"DCGAN with batch norm in D, {name}", () => new DcganGenerator(Image, 8, 8), () => new DcganDiscriminator(Image, 8, batchNorm: true), images, options);
        }
    }

    private static IEnumerable<(string, TrainingOptions)> Runs()
    {
        var options = new TrainingOptions { BatchSize = 16, Seed = 3, Diagnostics = new() { Samples = 0 } };
        yield return ("minimax", options);
        yield return ("non-saturating, k = 2, EMA, SGD", options with
        {
            Objective = GanObjective.NonSaturating, DiscriminatorSteps = 2, EmaHalfLifeImages = 100, DiscriminatorOptimizer = new SgdOptions { LearningRate = 1e-2, Momentum = 0.9 },
        });
        yield return ("relativistic", TrainingOptions.RegularizedRelativistic(Steps, gamma: 0.5) with { BatchSize = 16, Seed = 3, Diagnostics = new() { Samples = 0 } });
        yield return ("hinge, R1, skip, bfloat16", options with
        {
            Objective = GanObjective.Hinge, DiscriminatorPenalties = [new R1(0.2)], Precision = Precision.BFloat16, Guards = new() { Policy = DivergencePolicy.SkipStep },
        });
    }

    private static void Print(string name, Func<GeneratorNetwork> makeGenerator, Func<DiscriminatorNetwork> makeDiscriminator, Dataset data, TrainingOptions options)
    {
        torch.manual_seed(1);
        using var generator = makeGenerator();
        using var discriminator = makeDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        foreach (var _ in trainer.Train(Steps).Every(Steps))
        {
        }
        using var average = trainer.UseAverage();
        Console.WriteLine($"{name}: {NetworkFingerprint.Compute(generator)[..16]} {NetworkFingerprint.Compute(discriminator)[..16]}");
    }
}
