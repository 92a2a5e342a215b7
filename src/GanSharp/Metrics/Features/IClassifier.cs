using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>
/// Class probabilities of samples, such as a classifier score averages (Salimans et al. 2016). Values are comparable only where they were measured with the same
/// classifier, so it says which one it is.
/// </summary>
public interface IClassifier
{
    /// <summary>Identifies the classifier, such as "garment classifier". It is part of the metric's name.</summary>
    string Name { get; }

    /// <summary>Number of classes, at least 2.</summary>
    int Classes { get; }

    /// <summary>SHA-256 of the weights in hexadecimal; null (the default) where there are none.</summary>
    string? WeightsHash => null;

    /// <summary>p(y | x) of some samples, each a function of that sample alone.</summary>
    /// <param name="samples">Float tensor of shape [N, …] on the generator's device.</param>
    /// <returns>Float32 tensor of shape [N, <see cref="Classes"/>], each row in [0, 1] with sum 1, on any device.</returns>
    Tensor Probabilities(Tensor samples);
}
