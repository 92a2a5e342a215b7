using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Training;
using GanSharp.Training.Guards;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>R3GAN's ablation on stacked digits: which of the 1,000 modes a game reaches.</summary>
/// <param name="name">Of the experiment.</param>
/// <param name="side">Pixels along the side of a digit.</param>
/// <param name="steps">Of each run.</param>
/// <param name="batchSize">Stacks in a batch.</param>
/// <param name="gamma">Weight of the penalties.</param>
internal sealed class StackedExperiment(string name, int side, long steps, int batchSize, double gamma)
{
    private const int LatentSize = 64, Width = 256, HiddenLayers = 2;
    private readonly int sampleSize = StackedDigits.Channels * side * side;

    /// <summary>Digits so small that every game reaches nearly all modes.</summary>
    public static StackedExperiment Small { get; } = new("stacked", side: 8, steps: 6_000, batchSize: 128, gamma: 0.1);

    /// <summary>Digits with all their pixels, and a run that ends while games still differ.</summary>
    public static StackedExperiment Large { get; } = new("stacked-large", side: 32, steps: 2_000, batchSize: 64, gamma: 0.01);

    public Experiment Of(string? mnist)
    {
        // One classifier for all entrants and seeds, trained when the first outcome is measured.
        var shared = new Lazy<StackedCount>(() => new StackedCount(Mnist.Load(mnist), side));
        return new(name, $"Stacked digits of {side} × {side} pixels, {steps:N0} steps, two hidden layers of {Width}", "R3GAN's table 1: modes / reverse KL",
        [
            new("RpGAN + R1 + R2", "1,000 / 0.078", seed => Measure(shared.Value, seed, options => options)),
            new("GAN + R1 + R2", "693 / 0.927", seed => Measure(shared.Value, seed, options => options with { Objective = GanObjective.NonSaturating })),
            new("RpGAN + R1", "fails", seed => Measure(shared.Value, seed, OnlyR1)),
            new("GAN + R1", "fails", seed => Measure(shared.Value, seed, options => OnlyR1(options) with { Objective = GanObjective.NonSaturating })),
            new("real test digits", "", seed => MeasureReal(shared.Value, seed)),
        ]);
    }

    private static TrainingOptions OnlyR1(TrainingOptions options) => options with { DiscriminatorPenalties = [.. options.DiscriminatorPenalties.OfType<R1>()] };

    private OrderedDictionary<string, double> Measure(StackedCount count, long seed, Func<TrainingOptions, TrainingOptions> change)
    {
        using var data = new StackedDigits(count.Digits, side);
        manual_seed(seed);
        using var generator = new MlpGenerator(LatentSize, Width, sampleSize, HiddenLayers);
        using var discriminator = new MlpDiscriminator(sampleSize, Width, HiddenLayers);
        var options = change(TrainingOptions.RegularizedRelativistic(steps, gamma, learningRate: 1e-3)) with { BatchSize = batchSize, Seed = seed, Diagnostics = new() { Samples = 0 } };
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
    private OrderedDictionary<string, double> MeasureReal(StackedCount count, long seed)
    {
        Console.WriteLine(FormattableString.Invariant($"The classifier recognizes {100 * count.Accuracy:0.0}% of the test digits in this size."));
        using var data = new StackedDigits(count.Digits, side);
        return count.Measure((position, samples) => data.HeldOut!.Draw(seed, position, samples).Samples);
    }
}
