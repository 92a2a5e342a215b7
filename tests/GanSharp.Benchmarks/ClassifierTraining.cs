using GanSharp.Data;
using GanSharp.Metrics.Features;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Runtime;
using GanSharp.Schedules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Benchmarks;

/// <summary>Trains a classifier whose weights are in the package, and says how many of the held-out images it recognizes.</summary>
internal static class ClassifierTraining
{
    private const int BatchSize = 128;

    /// <param name="classifier">With random weights.</param>
    /// <param name="images">With labels and a held-out part.</param>
    /// <param name="epochs">Passes over the images.</param>
    /// <param name="file">Name of the file of weights.</param>
    public static void Run(SmallImageClassifier classifier, InMemoryDataset images, int epochs, string file)
    {
        _ = new ComputeTuning().Apply();
        var steps = (int)(images.Count!.Value / BatchSize) * epochs;
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
        var path = Path.Combine(RepositoryFile.Root, "src", "GanSharp", "Metrics", "Features", "Weights", file);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        classifier.SaveWeights(path);
        Console.WriteLine($"{path}: {new FileInfo(path).Length:N0} bytes");
    }
}
