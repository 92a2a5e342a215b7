using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using GanSharp.Networks;
using GanSharp.Networks.Packing;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>
/// PacGAN's table 1: batches of 100 packs, rates and measurement as in the authors' code (github.com/fjxmlzn/PacGAN); a tenth of its steps, networks a quarter as wide, and fresh samples in place of
/// 100,000 fixed ones.
/// </summary>
internal static class PointExperiment
{
    private const int Steps = 40_000, RecommendedSteps = 20_000, Packs = 100, MeasuredSamples = 2_500;

    // The paper's values: modes, high quality in percent, reverse KL.
    public static Experiment Ring { get; } = Of("ring", "Ring of 8", () => Mixtures.Ring(),
        ["6.3 ± 0.5 / 98.2 ± 0.2 / 0.45 ± 0.09", "7.9 ± 0.1 / 95.6 ± 2.0 / 0.07 ± 0.03", "7.8 ± 0.1 / 97.7 ± 0.3 / 0.10 ± 0.02", "7.8 ± 0.1 / 95.9 ± 1.4 / 0.07 ± 0.02"]);

    public static Experiment Grid { get; } = Of("grid", "Grid of 25", () => Mixtures.Grid(),
        ["17.3 ± 0.8 / 94.8 ± 0.7 / 0.70 ± 0.07", "23.8 ± 0.7 / 91.3 ± 0.8 / 0.13 ± 0.04", "24.6 ± 0.4 / 94.2 ± 0.4 / 0.06 ± 0.02", "24.8 ± 0.2 / 93.6 ± 0.6 / 0.04 ± 0.01"]);

    private static Experiment Of(string name, string title, Func<GaussianMixture> data, string[] published) => new(
        name, $"{title} Gaussians, {Steps:N0} steps; RpGAN {RecommendedSteps:N0}", "PacGAN's table 1, 400,000 steps: modes / high quality, % / reverse KL",
        [
            .. published.Select((values, index) => new Entrant(index == 0 ? "GAN" : $"PacGAN{index + 1}", values, seed => Measure(data, seed, OfPaper(index + 1)))),
            new("RpGAN + R1 + R2", "", seed => Measure(data, seed, Recommended)),
        ]);

    private static PointGame OfPaper(int packing)
    {
        var adam = new AdamOptions { LearningRate = 1e-4, Beta1 = 0.8 };
        return new(
            Steps,
            () => new NormalizedPointGenerator(),
            () => packing == 1 ? new MaxoutPointDiscriminator(1) : new PackedDiscriminator(new MaxoutPointDiscriminator(packing), packing),
            new() { Objective = GanObjective.NonSaturating, GeneratorOptimizer = adam, DiscriminatorOptimizer = adam, BatchSize = Packs * packing });
    }

    // Of samples/Ring.
    private static PointGame Recommended => new(
        RecommendedSteps,
        () => new MlpGenerator(latentSize: 2, 128, outputSize: 2),
        () => new MlpDiscriminator(inputSize: 2, 128),
        TrainingOptions.RegularizedRelativistic(RecommendedSteps, gamma: 0.3, learningRate: 1e-3) with { BatchSize = 256 });

    private static OrderedDictionary<string, double> Measure(Func<GaussianMixture> makeData, long seed, PointGame game)
    {
        using var scope = NewDisposeScope();
        using var data = makeData();
        manual_seed(seed);
        using var generator = game.MakeGenerator();
        using var discriminator = game.MakeDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, game.Options with { Seed = seed, Diagnostics = new() { Samples = 0 } });
        _ = trainer.Train(game.Steps).Count();
        var coverage = ModeCoverage.Measure(trainer.Sample(MeasuredSamples), data);
        return new()
        {
            ["modes"] = coverage.ModesHit,
            ["high quality, %"] = 100 * coverage.HighQualityFraction,
            ["reverse KL, nats"] = coverage.ReverseKullbackLeibler,
        };
    }

    private sealed record PointGame(int Steps, Func<GeneratorNetwork> MakeGenerator, Func<DiscriminatorNetwork> MakeDiscriminator, TrainingOptions Options);
}
