using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Players;
using GanSharp.Randomness;
using GanSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Metrics.Models;

/// <summary>
/// The accuracy on real samples of a classifier that was trained on generated ones alone (CAS, Ravuri and Vinyals 2019): high where samples look like their class, and classes are as varied as
/// in the data. Read it beside the accuracy of the same classifier trained on as many real samples.
/// </summary>
/// <remarks>
/// It needs labels: a conditional generator, or labeled samples. Published scores are those of a ResNet-50 on ImageNet, and can't be compared with others.
/// </remarks>
public static class ClassificationAccuracyScore
{
    private const int EvaluationBatch = 256;

    /// <summary>Trains a classifier and measures it. The same arguments give the same value on the same machine.</summary>
    /// <param name="training">Labeled samples, generated or real, on any device; they are copied to memory. A tensor of your own is one batch.</param>
    /// <param name="test">Labeled real samples that training doesn't see, of the same shape.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The accuracy on the test samples. There are as many classes as the highest label of either side says.</returns>
    /// <exception cref="ArgumentException">The samples have no labels, labels below 0, only one class, NaN or infinity, or different shapes; or an option is invalid.</exception>
    /// <exception cref="InvalidOperationException">The given classifier isn't one for these samples.</exception>
    public static ClassificationAccuracy Measure(IEnumerable<Batch> training, IEnumerable<Batch> test, ClassifierTrainingOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClassifierTrainingOptions();
        options.ThrowIfInvalid();
        using var scope = NewDisposeScope();
        return Measure(CollectedSamples.Of(training, nameof(training)), CollectedSamples.Of(test, nameof(test)), options, CPU, cancellationToken);
    }

    /// <param name="training">Samples and labels.</param>
    /// <param name="test">Samples and labels.</param>
    /// <param name="options">Options, which were checked.</param>
    /// <param name="device">Where the classifier is trained.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    internal static ClassificationAccuracy Measure(Batch training, Batch test, ClassifierTrainingOptions options, Device device, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var classes = Math.Max(HighestLabel(training, nameof(training)), HighestLabel(test, nameof(test))) + 1;
        if (classes < 2)
            throw new ArgumentException("training and test must have at least two classes but all labels are 0.", nameof(training));
        if (!training.Samples.shape.AsSpan(1).SequenceEqual(test.Samples.shape.AsSpan(1)))
            throw new ArgumentException($"test must hold samples of shape {Shape.Format(training.Samples.shape[1..])} like training but holds samples of shape {Shape.Format(test.Samples.shape[1..])}.", nameof(test));
        using var random = GlobalRandom.Fork(options.Seed, "classification accuracy score");
        using var classifier = (options.MakeClassifier ?? StandardClassifier.Create)(training.Samples.shape[1..], classes) ?? throw new InvalidOperationException("MakeClassifier must return a classifier but returned null.");
        classifier.to(device);
        ThrowIfUnfit(classifier, training.Samples.narrow(0, 0, 1).to(device), classes);
        using var data = new InMemoryDataset(training.Samples, training.Labels, name: nameof(training));
        Fit(classifier, data, options, device, cancellationToken);
        return Evaluate(classifier, test, classes, device);
    }

    private static void Fit(Module<Tensor, Tensor> classifier, InMemoryDataset data, ClassifierTrainingOptions options, Device device, CancellationToken cancellationToken)
    {
        // Metrics are called without gradients.
        using var learning = enable_grad();
        classifier.train();
        using var player = LoneLearner.Create(classifier, options.LearningRate, options.Steps);
        for (var step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (samples, labels) = data.Draw(options.Seed, (long)step * options.BatchSize, options.BatchSize);
            player.Descend(functional.cross_entropy(classifier.call(samples.to(device)), labels!.to(device)));
        }
    }

    private static ClassificationAccuracy Evaluate(Module<Tensor, Tensor> classifier, Batch test, int classes, Device device)
    {
        using var frozen = no_grad();
        var hits = classifier.Evaluating(() => cat([.. test.Samples.split(EvaluationBatch).Zip(test.Labels!.split(EvaluationBatch), (samples, labels) =>
        {
            using var scope = NewDisposeScope();
            return classifier.call(samples.to(device)).argmax(1).cpu().eq(labels).to(ScalarType.Float64).MoveToOuterDisposeScope();
        })]));
        Estimate? Share(Tensor some)
        {
            var count = some.numel();
            return count == 0 ? null : Proportion.Wilson(some.mean().item<double>(), count, count);
        }
        return new ClassificationAccuracy(Share(hits)!.Value, [.. Enumerable.Range(0, classes).Select(label => Share(hits[test.Labels!.eq(label)]))]);
    }

    private static int HighestLabel(Batch batch, string name)
    {
        if (batch.Labels is not { } labels)
            throw new ArgumentException($"{name} must have labels, one class for each sample, but has none.", name);
        if (labels.dim() != 1 || labels.shape[0] != batch.Samples.shape[0])
            throw new ArgumentException($"{name} must have labels of shape [{batch.Samples.shape[0]}], one per sample, but they have shape {Shape.Format(labels.shape)}.", name);
        if (batch.Samples.dim() < 2 || !batch.Samples.isfinite().all().item<bool>())
            throw new ArgumentException($"{name} must hold finite samples of shape [N, …] but {(batch.Samples.dim() < 2 ? $"has shape {Shape.Format(batch.Samples.shape)}" : "holds NaN or infinity")}.", name);
        var (lowest, highest) = (labels.min().item<long>(), labels.max().item<long>());
        return lowest >= 0 && highest < int.MaxValue ? (int)highest
            : throw new ArgumentException($"{name} must have labels of at least 0, the number of a class, but they lie from {lowest} to {highest}.", name);
    }

    private static void ThrowIfUnfit(Module<Tensor, Tensor> classifier, Tensor sample, int classes)
    {
        using var frozen = no_grad();
        var logits = classifier.Evaluating(() => classifier.call(sample));
        if (!logits.shape.AsSpan().SequenceEqual([1, classes]))
            throw new InvalidOperationException($"MakeClassifier must return a network from samples of shape {Shape.Format(sample.shape)} to logits of shape [1, {classes}], but they have shape {Shape.Format(logits.shape)}.");
    }
}
