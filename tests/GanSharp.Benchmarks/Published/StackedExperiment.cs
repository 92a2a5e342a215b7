using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Training;
using GanSharp.Training.Guards;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>R3GAN's ablation on stacked digits: which of the 1,000 modes a game reaches.</summary>
internal static class StackedExperiment
{
    private const int Steps = 5_000, Width = 16, MeasuredSamples = 26_000, ChunkSize = 1_000, Digits = 10;
    private static readonly ImageShape Shape = new(StackedDigits.Channels, StackedDigits.Side, StackedDigits.Side);

    public static Experiment Of(string? mnist) => new(
        "stacked", $"Stacked digits, {Steps:N0} steps, DCGAN's networks of width {Width}", "R3GAN's table 1: modes / reverse KL",
        [
            new("RpGAN + R1 + R2", "1,000 / 0.078", seed => Measure(mnist, seed, options => options)),
            new("GAN + R1 + R2", "693 / 0.927", seed => Measure(mnist, seed, options => options with { Objective = GanObjective.NonSaturating })),
            new("RpGAN + R1", "fails", seed => Measure(mnist, seed, OnlyR1)),
            new("GAN + R1", "fails", seed => Measure(mnist, seed, options => OnlyR1(options) with { Objective = GanObjective.NonSaturating })),
            new("real test digits", "", seed => MeasureReal(mnist, seed)),
        ]);

    private static TrainingOptions OnlyR1(TrainingOptions options) => options with { DiscriminatorPenalties = [.. options.DiscriminatorPenalties.OfType<R1>()] };

    private static OrderedDictionary<string, double> Measure(string? mnist, long seed, Func<TrainingOptions, TrainingOptions> change)
    {
        using var digits = Mnist.Load(mnist);
        using var data = new StackedDigits(digits);
        manual_seed(seed);
        using var generator = new DcganGenerator(Shape, 64, Width);
        using var discriminator = new DcganDiscriminator(Shape, Width);
        var options = change(TrainingOptions.RegularizedRelativistic(Steps, gamma: 0.1, learningRate: 1e-3)) with { BatchSize = 64, Seed = seed, Diagnostics = new() { Samples = 0 } };
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        try
        {
            _ = trainer.Train(Steps).Count();
        }
        catch (TrainingDivergedException)
        {
            return Values(0, double.NaN, double.NaN);
        }
        return Count(position => trainer.Sample(ChunkSize, seed: position));
    }

    /// <summary>What the measurement says of real digits, and how often the classifier is right about them in this size.</summary>
    private static OrderedDictionary<string, double> MeasureReal(string? mnist, long seed)
    {
        using var scope = NewDisposeScope();
        using var digits = Mnist.Load(mnist);
        using var data = new StackedDigits(digits);
        using var classifier = DigitClassifier.Load();
        var (images, labels) = digits.HeldOut!.Draw(seed: 0, 0, (int)digits.HeldOut.Count!.Value);
        var shrunk = StackedDigits.Shrink(images);
        var found = classifier.Probabilities(StackedDigits.Enlarge(shrunk)).argmax(1);
        Console.WriteLine(FormattableString.Invariant($"The classifier recognizes {100 * found.eq(labels!).to(ScalarType.Float64).mean().item<double>():0.0}% of the test digits in this size."));
        return Count(position => data.HeldOut!.Draw(seed, position, ChunkSize).Samples);
    }

    private static OrderedDictionary<string, double> Count(Func<long, Tensor> samplesAt)
    {
        using var classifier = DigitClassifier.Load();
        var counts = new long[Digits * Digits * Digits];
        var sure = 0.0;
        for (var drawn = 0; drawn < MeasuredSamples; drawn += ChunkSize)
        {
            using var scope = NewDisposeScope();
            var (confidence, digit) = classifier.Probabilities(StackedDigits.Enlarge(samplesAt(drawn))).max(1);
            sure += confidence.mean().ToDouble() * ChunkSize / MeasuredSamples;
            foreach (var mode in digit.reshape(ChunkSize, StackedDigits.Channels).matmul(tensor(new long[] { Digits * Digits, Digits, 1 })).data<long>())
                counts[mode]++;
        }
        var shares = counts.Where(count => count > 0).Select(count => count / (double)MeasuredSamples);
        return Values(counts.Count(count => count > 0), shares.Sum(share => share * Math.Log(share * counts.Length)), sure);
    }

    private static OrderedDictionary<string, double> Values(double modes, double divergence, double confidence) =>
        new() { ["modes"] = modes, ["reverse KL, nats"] = divergence, ["classifier's mean confidence"] = confidence };
}
