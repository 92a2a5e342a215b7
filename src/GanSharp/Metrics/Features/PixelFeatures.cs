using static TorchSharp.torch;

namespace GanSharp.Metrics.Features;

/// <summary>The samples themselves, flattened. Distances between pixels know nothing of what an image shows; for points and other vectors they are the natural choice.</summary>
public sealed class PixelFeatures : IFeatureExtractor
{
    /// <summary>"pixels".</summary>
    public string Name => "pixels";

    /// <inheritdoc/>
    public Tensor Extract(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.flatten(1).to(ScalarType.Float32);
    }
}
