using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Training;
using GanSharp.Training.Guards;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>R3GAN's ablation on stacked digits: which of the 1,000 modes a game reaches.</summary>
internal static class StackedExperiment
{
    private const int Steps = 6_000, LatentSize = 64, Width = 256, HiddenLayers = 2, SampleSize = StackedDigits.Channels * StackedDigits.DigitPixels;

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

    private static TrainingOptions OnlyR1(TrainingOptions options) => options with { DiscriminatorPenalties = [.. options.DiscriminatorPenalties.OfType<R1>()] };

    private static OrderedDictionary<string, double> Measure(StackedCount count, long seed, Func<TrainingOptions, TrainingOptions> change)
    {
        using var data = new StackedDigits(count.Digits);
        manual_seed(seed);
        using var generator = new MlpGenerator(LatentSize, Width, SampleSize, HiddenLayers);
        using var discriminator = new MlpDiscriminator(SampleSize, Width, HiddenLayers);
        var options = change(TrainingOptions.RegularizedRelativistic(Steps, gamma: 0.1, learningRate: 1e-3)) with { BatchSize = 128, Seed = seed, Diagnostics = new() { Samples = 0 } };
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        try
        {
            _ = trainer.Train(Steps).Count();
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
