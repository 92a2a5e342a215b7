using GanSharp.Data.Images;
using GanSharp.Networks.Resampling;

namespace GanSharp.Networks.R3Gan;

/// <summary>The size of R3GAN's networks. Give the same to both players, as the paper does.</summary>
public sealed record R3GanOptions
{
    /// <summary>
    /// Channels at the image's own sides, at least 1; doubled with each halving, up to eight times. Default 8: on gray images of 28 × 28 a step with R1 and R2 then takes one and a half times
    /// that of the DCGAN of width 64 on a CPU, and with 16 three times. The paper takes <see cref="Widths"/> of 768.
    /// </summary>
    public int Width { get; init; } = 8;

    /// <summary>
    /// Channels of each feature map, from the image's own sides to the smallest map, each at least 1: three for 28 × 28 (28, 14, 7), four for 32 × 32. Null (the default) for those of
    /// <see cref="Width"/>. The paper: 768 at every map of CIFAR-10; for FFHQ-64 384 at 64 × 64, and 768 below.
    /// </summary>
    public IReadOnlyList<int>? Widths { get; init; }

    /// <summary>Residual blocks at each of the sides, at least 1. Default 1, for the CPU; the paper takes 2.</summary>
    public int BlocksPerMap { get; init; } = 1;

    /// <summary>How many times as many channels a block has inside, at least 1. Default 2, as in the paper.</summary>
    public int Expansion { get; init; } = 2;

    /// <summary>
    /// Channels of a group of the 3 × 3 convolution, at least 1, a divisor of the channels inside each block; where a block has no more than these, they are one group. Default 16, as in the
    /// paper, and the fastest on a CPU: groups of 4 take nearly as long as groups of 32.
    /// </summary>
    public int GroupSize { get; init; } = 16;

    /// <summary>Checks everything against an image and returns the feature maps, from the image's own sides to the smallest.</summary>
    /// <exception cref="ArgumentException">Something is invalid; the message lists everything that is.</exception>
    internal IReadOnlyList<R3GanMap> Maps(ImageShape image, string imageName)
    {
        var sides = ImagePyramid.Sides(image, imageName);
        var faults = Faults(image, sides.Count).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["options are invalid:", .. faults.Select(fault => $"- {fault}")]));
        return [.. sides.Zip(WidthsOf(sides.Count), (side, width) => new R3GanMap(side.Height, side.Width, width, Groups(width)))];
    }

    private IReadOnlyList<int> WidthsOf(int levels) => Widths ?? ImagePyramid.Widths(Width, levels);

    private int Groups(int width) => Math.Max(1, width * Expansion / GroupSize);

    private IEnumerable<string> Faults(ImageShape image, int levels)
    {
        var isPositive = true;
        foreach (var (name, value) in new[] { (nameof(Width), Width), (nameof(BlocksPerMap), BlocksPerMap), (nameof(Expansion), Expansion), (nameof(GroupSize), GroupSize) })
        {
            if (value >= 1)
                continue;
            isPositive = false;
            yield return $"{name} must be at least 1 but is {value}.";
        }
        if (Widths is { } widths && widths.Count != levels)
            yield return $"Widths must have {levels} entries, one for each side of an image of {image}, but has {widths.Count}.";
        if (!isPositive)
            yield break;
        foreach (var width in WidthsOf(levels).Distinct())
        {
            if (width < 1)
                yield return $"Widths must be at least 1 each but hold {width}.";
            else if (width * Expansion > GroupSize && width * Expansion % GroupSize != 0)
                yield return $"GroupSize must divide the channels inside each block, {width} × {Expansion} = {width * Expansion}, but is {GroupSize}.";
        }
    }
}
