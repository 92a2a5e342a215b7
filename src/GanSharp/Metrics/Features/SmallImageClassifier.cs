using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Metrics.Features;

/// <summary>
/// A small convolutional classifier of gray images of 28 × 28 in ten classes, whose weights are in the package: <see cref="GarmentClassifier"/> and
/// <see cref="DigitClassifier"/>. Its features are the 64 activations before the last layer. Values measured with it aren't comparable with those of other features, FID included.
/// </summary>
public abstract class SmallImageClassifier : Module<Tensor, Tensor>, IFeatureExtractor, IClassifier
{
    private const int Side = 28, ClassCount = 10, Size = 64;
    private readonly Module<Tensor, Tensor> body, head;

    /// <summary>With random weights, to be trained.</summary>
    private protected SmallImageClassifier(string className, string name)
        : base(className)
    {
        Name = name;
        body = Sequential(
            ("conv1", Conv2d(1, 16, 3, padding: 1)), ("activation1", ReLU()), ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(16, 32, 3, padding: 1)), ("activation2", ReLU()), ("pool2", MaxPool2d(2)),
            ("conv3", Conv2d(32, 64, 3, padding: 1)), ("activation3", ReLU()), ("pool3", MaxPool2d(2)),
            ("flatten", Flatten()), ("features", Linear(64 * 3 * 3, Size)), ("activation4", ReLU()));
        head = Linear(Size, ClassCount);
        RegisterComponents();
    }

    /// <inheritdoc cref="IFeatureExtractor.Name"/>
    public string Name { get; }

    /// <summary>10.</summary>
    public int Classes => ClassCount;

    /// <inheritdoc/>
    public string? WeightsHash { get; private set; }

    /// <summary>Logits of the ten classes.</summary>
    /// <param name="images">Float32 tensor of shape [N, 1, 28, 28], values in [−1, 1].</param>
    /// <returns>Shape [N, 10].</returns>
    public override Tensor forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return head.call(body.call(images));
    }

    /// <summary>The activations before the last layer.</summary>
    /// <param name="samples">Float tensor of shape [N, 1, 28, 28], values in [−1, 1].</param>
    /// <returns>Float32 tensor of shape [N, 64] on the CPU.</returns>
    /// <exception cref="ArgumentException">The samples have another shape.</exception>
    public Tensor Extract(Tensor samples) => Evaluate(samples, images => body.call(images));

    /// <summary>How probable each class is.</summary>
    /// <param name="samples">Float tensor of shape [N, 1, 28, 28], values in [−1, 1].</param>
    /// <returns>Float32 tensor of shape [N, 10] on the CPU, rows that sum to 1.</returns>
    /// <exception cref="ArgumentException">The samples have another shape.</exception>
    public Tensor Probabilities(Tensor samples) => Evaluate(samples, images => call(images).softmax(1));

    /// <summary>Gives the classifier the weights of a resource of this package.</summary>
    private protected void LoadResource(string resource)
    {
        using var stream = typeof(SmallImageClassifier).Assembly.GetManifestResourceStream(resource)!;
        this.LoadWeights(stream, resource);
        WeightsHash = NetworkFingerprint.Compute(this);
        eval();
    }

    private Tensor Evaluate(Tensor samples, Func<Tensor, Tensor> compute)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 4 || !samples.shape.AsSpan(1).SequenceEqual([1, Side, Side]))
            throw new ArgumentException($"samples must be images of shape [N, 1, {Side}, {Side}] but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var images = samples.cpu().to(ScalarType.Float32);
        return this.Evaluating(() => compute(images)).MoveToOuterDisposeScope();
    }
}
