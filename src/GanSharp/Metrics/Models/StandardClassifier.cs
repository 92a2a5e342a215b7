using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Metrics.Models;

/// <summary>The classifier that a classification accuracy score trains where none is given: small, so that training takes a minute or two, and always the same.</summary>
internal static class StandardClassifier
{
    private const int SmallestSide = 8, Hidden = 128, Features = 64;

    /// <summary>With random weights.</summary>
    /// <param name="sampleShape">Shape of one sample.</param>
    /// <param name="classes">Number of classes.</param>
    public static Module<Tensor, Tensor> Create(IReadOnlyList<long> sampleShape, int classes)
    {
        if (sampleShape is [var channels, >= SmallestSide and var height, >= SmallestSide and var width])
            return Sequential(
                Conv2d(channels, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
                Conv2d(16, 32, 3, padding: 1), ReLU(), MaxPool2d(2),
                Conv2d(32, Features, 3, padding: 1), ReLU(), MaxPool2d(2),
                Flatten(), Linear(Features * (height / 8) * (width / 8), Features), ReLU(),
                Linear(Features, classes));
        var values = sampleShape.Aggregate(1L, (product, size) => product * size);
        return Sequential(Flatten(), Linear(values, Hidden), ReLU(), Linear(Hidden, Hidden), ReLU(), Linear(Hidden, classes));
    }
}
