using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Runtime;
using GanSharp.Schedules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Benchmarks;

/// <summary>Trains the garment classifier whose weights are in the package, on the 60,000 training images, and says how many of the 10,000 test images it recognizes.</summary>
internal static class ClassifierTraining
{
    private const int BatchSize = 128;

    private static string WeightsPath => Path.Combine(RepositoryFile.Root, "src", "GanSharp", "Metrics", "Features", "Weights", "garment-classifier.safetensors");

    public static void Run(int epochs)
    {
        _ = new ComputeTuning().Apply();
        using var images = FashionMnist.Load();
        var steps = (int)(images.Count!.Value / BatchSize) * epochs;
        manual_seed(0);
        using var classifier = new GarmentClassifier();
        using (var player = new Player(classifier, new AdamOptions { LearningRate = Schedule.Cosine(2e-3, 2e-5, steps), Beta1 = 0.9 }))
            for (var step = 0; step < steps; step++)
            {
                using var scope = NewDisposeScope();
                var (samples, labels) = images.Draw(0, (long)step * BatchSize, BatchSize);
                player.Descend(cross_entropy(classifier.call(samples), labels!));
            }
        using var frozen = no_grad();
        using var all = NewDisposeScope();
        var heldOut = images.HeldOut!;
        var (test, expected) = heldOut.Draw(0, 0, (int)heldOut.Count!.Value);
        var accuracy = classifier.Probabilities(test).argmax(1).eq(expected!).to(ScalarType.Float64).mean().item<double>();
        Console.WriteLine(FormattableString.Invariant($"{steps:N0} steps on {images.Count:N0} images; of {heldOut.Count:N0} held-out images {100 * accuracy:0.0}% are recognized."));
        _ = Directory.CreateDirectory(Path.GetDirectoryName(WeightsPath)!);
        classifier.SaveWeights(WeightsPath);
        Console.WriteLine($"{WeightsPath}: {new FileInfo(WeightsPath).Length:N0} bytes");
    }
}
