using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Networks.Latents;

/// <summary>The classes that G is asked for outside of a step: by diagnostics, metrics and copies.</summary>
internal static class AskedLabels
{
    /// <summary>Those of the real samples in the same places, so that both sides are of the same classes; the sampler's where there are none, or others than G has (InfoGAN).</summary>
    /// <param name="generator">G.</param>
    /// <param name="sampler">The run's; a state of its own is put back.</param>
    /// <param name="realLabels">Those of the real samples, or null.</param>
    /// <param name="count">Number of labels.</param>
    /// <param name="random">Where the sampler draws from, on G's device.</param>
    /// <returns>Labels on G's device, or null for none; and whether a conditional G is asked for those of the real samples, so that real and generated samples in the same places aren't independent.</returns>
    public static (Tensor? Labels, bool AreShared) Of(GeneratorNetwork generator, LabelSampler sampler, Tensor? realLabels, long count, Generator random)
    {
        var labels = realLabels?.to(generator.Device());
        if (labels is not null && AreKnown(generator, labels))
            return (labels, generator.Classes is not null);
        using var state = OwnState.Of(sampler);
        return (sampler.Sample(labels, count, random, generator.Device()), false);
    }

    /// <summary>Whether G has the classes of the data. Reading them waits for the device.</summary>
    private static bool AreKnown(GeneratorNetwork generator, Tensor labels) =>
        generator.Classes is not { } classes || (labels.min().item<long>() >= 0 && labels.max().item<long>() < classes);
}
