using System.Collections.ObjectModel;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>
/// Maps samples to the feature vectors that metrics compare: raw pixels, or the activations of a trained network. Values of a metric are comparable only
/// where they were measured with the same extractor, so it says which one it is.
/// </summary>
public interface IFeatureExtractor
{
    /// <summary>Identifies the features, such as "pixels" or "inception-v3 pool3". It is part of the metric's name.</summary>
    string Name { get; }

    /// <summary>SHA-256 of the weights in hexadecimal; null (the default) where there are none.</summary>
    string? WeightsHash => null;

    /// <summary>What else determines the features: how samples are resized, scaled and normalized. Empty by default.</summary>
    IReadOnlyDictionary<string, string> Settings => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The features of some samples, each a function of that sample alone.</summary>
    /// <param name="samples">Float tensor of shape [N, …] on the generator's device.</param>
    /// <returns>Float32 tensor of shape [N, d], one row per sample, on any device.</returns>
    Tensor Extract(Tensor samples);
}
