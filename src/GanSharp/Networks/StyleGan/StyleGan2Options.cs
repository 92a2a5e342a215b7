using GanSharp.Data.Images;
using GanSharp.Networks.Resampling;

namespace GanSharp.Networks.StyleGan;

/// <summary>The size of StyleGAN2's networks. Give the same to both players, as the paper does.</summary>
public sealed record StyleGan2Options
{
    /// <summary>
    /// Channels at the image's own sides, at least 1; doubled with each halving, up to eight times. Default 8: on gray images of 28 × 28 a step with R1 and R2 then takes about as long as that of
    /// the DCGAN of width 64 on a CPU, and with 16 three times as long. The paper has 64 at 512 × 512 and 512 from 64 × 64 down.
    /// </summary>
    public int Width { get; init; } = 8;

    /// <summary>Channels of each feature map, from the image's own sides to the smallest map, each at least 1: three for 28 × 28 (28, 14, 7). Null (the default) for those of <see cref="Width"/>.</summary>
    public IReadOnlyList<int>? Widths { get; init; }

    /// <summary>Layers of the mapping from z to w, at least 1. Default 2, which suffices for small images (Karras et al. 2020, "Training generative adversarial networks with limited data"); StyleGAN2 has 8.</summary>
    public int MappingLayers { get; init; } = 2;

    /// <summary>
    /// Whether every layer of G adds noise of one value per pixel, for details that z needn't describe. Default true, as in the paper. The noise is part of the latent vector
    /// (<see cref="StyleGan2Generator"/>).
    /// </summary>
    public bool Noise { get; init; } = true;

    /// <summary>
    /// Samples among which D compares, by the standard deviation of their features, so that it sees when they are too alike (Karras et al. 2018); at least 2. Default null: it doesn't. The paper
    /// takes 4. With it a logit depends on its batch (<see cref="MinibatchStandardDeviation"/>), so D is no function of x, and no density ratio.
    /// </summary>
    public int? MinibatchGroup { get; init; }

    /// <summary>Checks everything against an image and returns the feature maps, from the image's own sides to the smallest.</summary>
    /// <exception cref="ArgumentException">Something is invalid; the message lists everything that is.</exception>
    internal IReadOnlyList<(int Height, int Width, int Channels)> Maps(ImageShape image, string imageName)
    {
        var sides = ImagePyramid.Sides(image, imageName);
        var faults = Faults(image, sides.Count).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["options are invalid:", .. faults.Select(fault => $"- {fault}")]));
        return [.. sides.Zip(Widths ?? ImagePyramid.Widths(Width, sides.Count), (side, channels) => (side.Height, side.Width, channels))];
    }

    private IEnumerable<string> Faults(ImageShape image, int levels)
    {
        foreach (var (name, value) in new[] { (nameof(Width), Width), (nameof(MappingLayers), MappingLayers) })
            if (value < 1)
                yield return $"{name} must be at least 1 but is {value}.";
        if (MinibatchGroup < 2)
            yield return $"MinibatchGroup must be at least 2, or null for none, but is {MinibatchGroup}.";
        if (Widths is not { } widths)
            yield break;
        if (widths.Count != levels)
            yield return $"Widths must have {levels} entries, one for each side of an image of {image}, but has {widths.Count}.";
        foreach (var width in widths.Where(width => width < 1))
            yield return $"Widths must be at least 1 each but hold {width}.";
    }
}
