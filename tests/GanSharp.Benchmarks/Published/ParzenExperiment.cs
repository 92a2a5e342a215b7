using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics.Models;
using GanSharp.Recipes;
using GanSharp.Reporting;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>The first GAN on MNIST, measured as it was: 10,000 samples, σ chosen on 1,000 of the 10,000 training images that are set aside, the mean over the test images.</summary>
internal static class ParzenExperiment
{
    private const int Steps = 12_500, TrainingImages = 50_000, ValidationImages = 1_000, Samples = 10_000, Pictured = 50;

    // np.logspace(-1, 0, 10), of pixels in [0, 1].
    private static readonly double[] Bandwidths = [.. Enumerable.Range(0, 10).Select(index => Math.Pow(10, -1 + index / 9.0))];

    public static Experiment Of(string? mnist) => new(
        "parzen", $"MNIST, Parzen log-likelihood in nats, {Steps:N0} steps", "published",
        [
            new("Goodfellow2014", "225 ± 2", seed => Measure(mnist, seed, Generated)),
            new("10,000 training images in place of generated ones", "", seed => Measure(mnist, seed, (training, _) => training.Draw(seed, 0, Samples).Samples)),
        ]);

    private static Tensor Generated(InMemoryDataset training, long seed)
    {
        manual_seed(seed);
        var recipe = new Goodfellow2014(new(1, 28, 28));
        using var generator = recipe.CreateGenerator();
        using var discriminator = recipe.CreateDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, training, recipe.Options(Steps) with { Seed = seed, Diagnostics = new() { Samples = 0 } });
        _ = trainer.Train(Steps).Count();
        var samples = trainer.Sample(Samples);
        if (seed == 0)
            ImageGrid.SaveSideBySide(training.Draw(seed, 0, Pictured).Samples, samples.narrow(0, 0, Pictured), Path.Combine(RepositoryFile.Root, "docs", "images", "first-gan.png"), columns: 10);
        return samples;
    }

    private static OrderedDictionary<string, double> Measure(string? mnist, long seed, Func<InMemoryDataset, long, Tensor> samplesOf)
    {
        using var scope = NewDisposeScope();
        using var digits = Mnist.Load(mnist);
        // The same images are set aside for every seed.
        var drawn = digits.Draw(seed: 0, 0, TrainingImages + ValidationImages).Samples;
        var test = digits.HeldOut!.Draw(seed: 0, 0, (int)digits.HeldOut.Count!.Value).Samples;
        using var training = new InMemoryDataset(drawn.narrow(0, 0, TrainingImages), name: "MNIST, 50,000");
        // The paper's pixels lie in [0, 1].
        static Tensor Unit(Tensor pixels) => (pixels + 1) / 2;
        var estimate = ParzenWindow.Measure(Unit(samplesOf(training, seed)), Unit(drawn.narrow(0, TrainingImages, ValidationImages)), Unit(test), Bandwidths);
        return new() { ["nats"] = estimate.LogLikelihood.Value, ["σ"] = estimate.Bandwidth };
    }
}
