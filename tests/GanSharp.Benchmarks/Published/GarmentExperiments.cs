using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Memorization;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Published;

/// <summary>Garments by their class, and garments of which there are few.</summary>
internal static class GarmentExperiments
{
    private const int Steps = 2_500, Width = 32, LatentSize = 64, BatchSize = 64, Classes = 10, FewImages = 1_000, MeasuredImages = 1_000;
    private static readonly ImageShape Shape = new(1, 28, 28);

    public static Experiment Conditional { get; } = new(
        "conditional", $"Garments by their class, {Steps:N0} steps", null,
        [
            new("RpGAN + R1 + R2 with labels", "", seed =>
            {
                using var garments = Garments();
                using var classifier = GarmentClassifier.Load();
                return Measure(garments, seed, Classes, TrainingOptions.RegularizedRelativistic(Steps, gamma: 1, learningRate: 1e-3),
                    [new ConditionalAccuracyMetric(classifier, samples: 2_000), new FrechetDistanceMetric(classifier, samples: MeasuredImages), NeighborMetric.Coverage(classifier, samples: MeasuredImages)]);
            }),
        ]);

    public static Experiment LowData { get; } = new(
        "low-data", $"{FewImages:N0} garments, {Steps:N0} steps of the non-saturating game with R1 every 16 steps", null,
        [
            new("1,000 garments", "", seed => MeasureFew(seed, isFew: true, null)),
            new("1,000 garments, ADA", "", seed => MeasureFew(seed, isFew: true, new AdaptiveAugmentation { ImagesToFull = Steps * BatchSize / 10.0 })),
            new("10,000 garments", "", seed => MeasureFew(seed, isFew: false, null)),
        ]);

    private static InMemoryDataset Garments() => FashionMnist.Load(Path.Combine(RepositoryFile.Root, "samples", "FashionMnist", "data"));

    private static OrderedDictionary<string, double> MeasureFew(long seed, bool isFew, AdaptiveAugmentation? augmentation)
    {
        using var scope = NewDisposeScope();
        using var released = augmentation;
        using var garments = Garments();
        // Other few images with each seed.
        var (samples, labels) = garments.Draw(seed, 0, FewImages);
        using var few = new InMemoryDataset(samples, labels, (InMemoryDataset)garments.HeldOut!, "few garments");
        using var classifier = GarmentClassifier.Load();
        var adam = new AdamOptions { LearningRate = 1e-3, Beta1 = 0 };
        var options = new TrainingOptions
        {
            Objective = GanObjective.NonSaturating,
            DiscriminatorPenalties = [new R1(1, everySteps: 16)],
            GeneratorOptimizer = adam,
            DiscriminatorOptimizer = adam,
            EmaHalfLifeImages = 10_000,
            Augmentation = augmentation,
        };
        return Measure(isFew ? few : garments, seed, classes: null, options,
            [new FrechetDistanceMetric(classifier, samples: MeasuredImages), NeighborMetric.Recall(classifier, samples: MeasuredImages), NeighborMetric.Coverage(classifier, samples: MeasuredImages), new MemorizationMetric(samples: MeasuredImages)]);
    }

    private static OrderedDictionary<string, double> Measure(Dataset data, long seed, int? classes, TrainingOptions options, IReadOnlyList<IMetric> metrics)
    {
        manual_seed(seed);
        using var generator = new DcganGenerator(Shape, LatentSize, Width, classes: classes);
        using var discriminator = new DcganDiscriminator(Shape, Width, classes: classes);
        using var trainer = new GanTrainer(generator, discriminator, data, options with { BatchSize = BatchSize, Seed = seed, Metrics = [.. metrics.Select(metric => new ScheduledMetric(metric))] });
        var report = trainer.Train(Steps).Every(Steps).Last();
        var values = new OrderedDictionary<string, double>();
        foreach (var metric in metrics)
            values[metric.Name] = report.Metrics[metric.Name].Value;
        if (report.Diagnostics?.MemorizationGap is { } gap)
            values["D's bound on learned less held-out images, nats"] = gap.Value;
        return values;
    }
}
