using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Evaluations;

/// <summary>Measures a generator, or samples that were generated before, against real samples, by several metrics at once.</summary>
public static class Evaluation
{
    /// <summary>A generator against data.</summary>
    /// <param name="real">p_d; its held-out part where it has one.</param>
    /// <param name="generator">G, as it is. To measure a trainer's average, do so while <c>UseAverage()</c> is in force.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told before each metric, and at the end; null (the default) for nobody.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A record per metric. A metric that fails is named among the failures, and the others are measured.</returns>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public static EvaluationReport Compare(
        Dataset real, GeneratorNetwork generator, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new EvaluationOptions();
        return Measure(real, (generator.GetType().Name, null, () => NetworkFingerprint.Compute(generator)), options, progress,
            shared => new MetricContext(generator, real, options.Seed, cancellationToken: cancellationToken) { Shared = shared }, cancellationToken);
    }

    /// <summary>Generated samples against data.</summary>
    /// <param name="real">p_d; its held-out part where it has one.</param>
    /// <param name="fake">Generated samples of the same shape; all of them, as its held-out part isn't used apart.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told before each metric, and at the end; null (the default) for nobody.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The samples have different shapes, or an option is invalid.</exception>
    /// <returns>A record per metric. A metric that fails is named among the failures, and the others are measured.</returns>
    public static EvaluationReport Compare(
        Dataset real, Dataset fake, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        options ??= new EvaluationOptions();
        _ = new MetricContext(real, fake);
        return Measure(real, (fake.Name, fake.Count, () => DatasetFingerprint.Compute(fake, cancellationToken)), options, progress,
            shared => new MetricContext(real, fake, options.Seed, cancellationToken) { Shared = shared }, cancellationToken);
    }

    /// <summary>Two folders of images.</summary>
    /// <param name="realFolder">Real images.</param>
    /// <param name="fakeFolder">Generated images.</param>
    /// <param name="image">The shape to which all are brought: scaled until they cover it, then cropped.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told before each metric, and at the end; null (the default) for nobody.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDatasetException">There are no images, or one can't be decoded.</exception>
    /// <returns>A record per metric. A metric that fails is named among the failures, and the others are measured.</returns>
    public static EvaluationReport Compare(
        string realFolder, string fakeFolder, ImageShape image, EvaluationOptions? options = null, IProgress<EvaluationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var loading = new ImageFolderOptions { Image = image, HeldOutFraction = 0 };
        using var real = ImageFolder.Stream(realFolder, loading, cancellationToken: cancellationToken);
        using var fake = ImageFolder.Stream(fakeFolder, loading, cancellationToken: cancellationToken);
        return Compare(real, fake, options, progress, cancellationToken);
    }

    /// <summary>
    /// What the default metrics compare: the activations of the garment classifier for gray images of 28 × 28, random convolutions for other images with sides of at
    /// least 8, else the samples themselves.
    /// </summary>
    /// <param name="sampleShape">Shape of one sample.</param>
    /// <returns>An extractor; the caller disposes it where it can be.</returns>
    public static IFeatureExtractor DefaultFeatures(IReadOnlyList<long> sampleShape)
    {
        ArgumentNullException.ThrowIfNull(sampleShape);
        const int Smallest = 8;
        return sampleShape switch
        {
            [1, 28, 28] => GarmentClassifier.Load(),
            [var channels, >= Smallest, >= Smallest] => new RandomConvolutionFeatures((int)channels),
            _ => new PixelFeatures(),
        };
    }

    /// <summary>The metrics that are measured where none are named.</summary>
    /// <param name="features">What they compare.</param>
    /// <param name="sampleShape">Shape of one sample.</param>
    /// <param name="samples">Samples of each set. Default 10,000, of which those that compare pairs take 5,000 at most.</param>
    /// <returns>
    /// Fréchet and kernel distance, precision, recall, density and coverage; the classifier score where the features are a classifier's; of images the sharpness and, where they hold its
    /// window of 11 × 11 pixels, MS-SSIM of pairs.
    /// </returns>
    public static IReadOnlyList<IMetric> DefaultMetrics(IFeatureExtractor features, IReadOnlyList<long> sampleShape, long samples = 10_000)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(sampleShape);
        const long MostOfPairs = 5_000;
        var ofPairs = Math.Min(samples, MostOfPairs);
        return
        [
            new FrechetDistanceMetric(features, samples), new KernelDistanceMetric(features, ofPairs),
            NeighborMetric.Precision(features, ofPairs), NeighborMetric.Recall(features, ofPairs), NeighborMetric.Density(features, ofPairs), NeighborMetric.Coverage(features, ofPairs),
            .. features is IClassifier classifier ? [new ClassifierScoreMetric(classifier, samples)] : Array.Empty<IMetric>(),
            .. sampleShape.Count == 3 ? [SharpnessMetric.LaplacianVariance(samples), SharpnessMetric.HighFrequencyShare(samples)] : Array.Empty<IMetric>(),
            .. sampleShape is [_, >= StructuralSimilarity.SmallestSide, >= StructuralSimilarity.SmallestSide] ? [new StructuralSimilarityMetric(ofPairs)] : Array.Empty<IMetric>(),
        ];
    }

    private static EvaluationReport Measure(
        Dataset real, (string Name, long? Count, Func<string> Hash) generated, EvaluationOptions options, IProgress<EvaluationProgress>? progress, Func<SharedTensors, MetricContext> context, CancellationToken cancellationToken)
    {
        options.ThrowIfInvalid();
        var own = options.Metrics is null && options.Features is null ? DefaultFeatures(real.SampleShape) : null;
        try
        {
            var features = options.Features ?? own;
            var metrics = options.Metrics ?? DefaultMetrics(features!, real.SampleShape, options.Samples);
            using var shared = new SharedTensors();
            var (dataHash, generatedHash) = (DatasetFingerprint.Compute(real, cancellationToken), generated.Hash());
            List<MetricRecord> records = [];
            List<string> failures = [];
            foreach (var (index, metric) in metrics.Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new EvaluationProgress(metric.Name, index, metrics.Count));
                try
                {
                    var value = Measure(metric, context(shared), options.Seed);
                    metric.ThrowIfUnusable(value.Value, value.OfReal);
                    records.Add(new MetricRecord
                    {
                        Metric = metric.Name,
                        Value = value.Value,
                        Interval = value.Interval,
                        OfReal = value.OfReal,
                        Goal = metric.Goal,
                        Settings = new SortedDictionary<string, string>(metric.Settings.ToDictionary(), StringComparer.Ordinal),
                        RealCount = (real.HeldOut ?? real).Count,
                        GeneratedCount = generated.Count,
                        Seed = options.Seed,
                        DataName = real.Name,
                        DataSha256 = dataHash,
                        GeneratedName = generated.Name,
                        GeneratedSha256 = generatedHash,
                        GanSharpVersion = typeof(Evaluation).Assembly.GetName().Version!.ToString(3),
                    });
                }
                catch (Exception exception) when (exception is not (OperationCanceledException or InvalidDatasetException or ObjectDisposedException))
                {
                    failures.Add($"{metric.Name}: {exception.Message.Split('\n')[0].TrimEnd()}");
                }
            }
            progress?.Report(new EvaluationProgress(metrics[^1].Name, metrics.Count, metrics.Count));
            return new EvaluationReport(records, failures);
        }
        finally
        {
            (own as IDisposable)?.Dispose();
        }
    }

    private static MetricValue Measure(IMetric metric, MetricContext context, long seed)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = GlobalRandom.Fork(seed, metric.Name);
        try
        {
            return metric.Measure(context);
        }
        finally
        {
            context.End();
        }
    }
}
