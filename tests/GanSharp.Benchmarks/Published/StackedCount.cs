using GanSharp.Data;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Benchmarks.Published;

/// <summary>Counts the modes of <see cref="StackedDigits"/> with a classifier of digits of 8 × 8 pixels, which it trains.</summary>
internal sealed class StackedCount : IDisposable
{
    private const int Epochs = 10, BatchSize = 128, Width = 512, MeasuredSamples = 26_000, ChunkSize = 1_000, Kinds = 10;
    private readonly Sequential classifier;

    /// <summary>Trains on the training digits, and finds how many of the held-out ones are recognized.</summary>
    public StackedCount(InMemoryDataset digits)
    {
        Digits = digits;
        manual_seed(0);
        classifier = Sequential(Linear(StackedDigits.DigitPixels, Width), ReLU(), Linear(Width, Width), ReLU(), Linear(Width, Kinds));
        var steps = (int)(digits.Count!.Value / BatchSize) * Epochs;
        using (var player = new Player(classifier, new AdamOptions { LearningRate = Schedule.Cosine(2e-3, 2e-5, steps), Beta1 = 0.9 }))
            for (var step = 0; step < steps; step++)
            {
                using var stepScope = NewDisposeScope();
                var (images, labels) = digits.Draw(0, (long)step * BatchSize, BatchSize);
                player.Descend(functional.cross_entropy(classifier.call(StackedDigits.Shrink(images)), labels!));
            }
        using var frozen = no_grad();
        using var all = NewDisposeScope();
        var (test, expected) = digits.HeldOut!.Draw(0, 0, (int)digits.HeldOut.Count!.Value);
        Accuracy = classifier.call(StackedDigits.Shrink(test)).argmax(1).eq(expected!).to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>What the stacks are made of, 28 × 28 pixels each.</summary>
    public InMemoryDataset Digits { get; }

    /// <summary>Share of the held-out digits that the classifier recognizes.</summary>
    public double Accuracy { get; }

    public OrderedDictionary<string, double> Measure(Func<long, int, Tensor> samplesAt)
    {
        using var frozen = no_grad();
        var counts = new long[Kinds * Kinds * Kinds];
        var sure = 0.0;
        for (var drawn = 0; drawn < MeasuredSamples; drawn += ChunkSize)
        {
            using var scope = NewDisposeScope();
            var (confidence, digit) = classifier.call(samplesAt(drawn, ChunkSize).reshape(-1, StackedDigits.DigitPixels)).softmax(1).max(1);
            sure += confidence.mean().to(ScalarType.Float64).item<double>() * ChunkSize / MeasuredSamples;
            foreach (var mode in digit.reshape(ChunkSize, StackedDigits.Channels).matmul(tensor(new long[] { Kinds * Kinds, Kinds, 1 })).data<long>())
                counts[mode]++;
        }
        var shares = counts.Where(count => count > 0).Select(count => count / (double)MeasuredSamples).ToArray();
        return Values(shares.Length, shares.Sum(share => share * Math.Log(share * counts.Length)), sure);
    }

    public static OrderedDictionary<string, double> Values(double modes, double divergence, double confidence) =>
        new() { ["modes"] = modes, ["reverse KL, nats"] = divergence, ["classifier's mean confidence"] = confidence };

    public void Dispose()
    {
        classifier.Dispose();
        Digits.Dispose();
    }
}
