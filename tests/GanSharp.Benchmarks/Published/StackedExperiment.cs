using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;
using GanSharp.Training.Guards;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>R3GAN's ablation on stacked digits: which of the 1,000 modes a game reaches.</summary>
internal static class StackedExperiment
{
    private const int Steps = 6_000, LatentSize = 64, Width = 256, HiddenLayers = 2, SampleSize = StackedDigits.Channels * StackedDigits.DigitPixels;
    private const int ResidualSteps = 3_000, ResidualWidth = 16;
    private const double Gamma = 0.1;

    public static Experiment Of(string? mnist)
    {
        // One classifier for all entrants and seeds, trained when the first outcome is measured.
        var shared = new Lazy<StackedCount>(() => new StackedCount(Mnist.Load(mnist)));
        return new("stacked", $"Stacked digits of 8 × 8 pixels, {Steps:N0} steps, two hidden layers of {Width}", "R3GAN's table 1: modes / reverse KL",
        [
            new("RpGAN + R1 + R2", "1,000 / 0.078", seed => Measure(shared.Value, seed, options => options)),
            new("GAN + R1 + R2", "693 / 0.927", seed => Measure(shared.Value, seed, options => options with { Objective = GanObjective.NonSaturating })),
            new("RpGAN + R1", "fails", seed => Measure(shared.Value, seed, OnlyR1)),
            new("GAN + R1", "fails", seed => Measure(shared.Value, seed, options => OnlyR1(options) with { Objective = GanObjective.NonSaturating })),
            new("real test digits", "", seed => MeasureReal(shared.Value, seed)),
        ]);
    }

    /// <summary>The same four games between residual networks without normalization, at constant rates, as in the paper.</summary>
    public static Experiment OfResidualNetworks(string? mnist)
    {
        var shared = new Lazy<StackedCount>(() => new StackedCount(Mnist.Load(mnist)));
        Entrant Game(string name, string published, GanObjective objective, params DiscriminatorPenalty[] penalties) => new(name, published, seed =>
        {
            manual_seed(seed);
            using var generator = new PlainResidual.Generator(ResidualWidth);
            using var discriminator = new PlainResidual.Discriminator(ResidualWidth);
            var adam = new AdamOptions { LearningRate = 1e-3, Beta1 = 0, Beta2 = 0.99 };
            return Measure(shared.Value, generator, discriminator, ResidualSteps, new()
            {
                Objective = objective, DiscriminatorPenalties = penalties, GeneratorOptimizer = adam, DiscriminatorOptimizer = adam, BatchSize = 64, Seed = seed,
                EmaHalfLifeImages = 10_000, Diagnostics = new() { Samples = 0 },
            });
        });
        return new("stacked-residual", $"Stacked digits of 8 × 8 pixels, {ResidualSteps:N0} steps, residual networks of width {ResidualWidth} without normalization", "R3GAN's table 1: modes / reverse KL",
        [
            Game("RpGAN + R1 + R2", "1,000 / 0.078", GanObjective.RelativisticPaired, new R1(Gamma), new R2(Gamma)),
            Game("GAN + R1 + R2", "693 / 0.927", GanObjective.NonSaturating, new R1(Gamma), new R2(Gamma)),
            Game("RpGAN + R1", "fails", GanObjective.RelativisticPaired, new R1(Gamma)),
            Game("GAN + R1", "fails", GanObjective.NonSaturating, new R1(Gamma)),
        ]);
    }

    private static TrainingOptions OnlyR1(TrainingOptions options) => options with { DiscriminatorPenalties = [.. options.DiscriminatorPenalties.OfType<R1>()] };

    private static OrderedDictionary<string, double> Measure(StackedCount count, long seed, Func<TrainingOptions, TrainingOptions> change)
    {
        manual_seed(seed);
        using var generator = new MlpGenerator(LatentSize, Width, SampleSize, HiddenLayers);
        using var discriminator = new MlpDiscriminator(SampleSize, Width, HiddenLayers);
        var options = change(TrainingOptions.RegularizedRelativistic(Steps, gamma: 0.1, learningRate: 1e-3)) with { BatchSize = 128, Seed = seed, Diagnostics = new() { Samples = 0 } };
        return Measure(count, generator, discriminator, Steps, options);
    }

    private static OrderedDictionary<string, double> Measure(StackedCount count, GeneratorNetwork generator, DiscriminatorNetwork discriminator, int steps, TrainingOptions options)
    {
        using var data = new StackedDigits(count.Digits);
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        try
        {
            _ = trainer.Train(steps).Count();
        }
        catch (TrainingDivergedException)
        {
            return StackedCount.Values(0, double.NaN, double.NaN);
        }
        // Another seed for each chunk: with the same one they would be the same samples.
        return count.Measure((position, samples) => trainer.Sample(samples, seed: position));
    }

    /// <summary>What the measurement says of real digits.</summary>
    private static OrderedDictionary<string, double> MeasureReal(StackedCount count, long seed)
    {
        Console.WriteLine(FormattableString.Invariant($"The classifier recognizes {100 * count.Accuracy:0.0}% of the test digits in this size."));
        using var data = new StackedDigits(count.Digits);
        return count.Measure((position, samples) => data.HeldOut!.Draw(seed, position, samples).Samples);
    }
}
