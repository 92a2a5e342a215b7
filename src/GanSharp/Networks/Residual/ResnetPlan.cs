using GanSharp.Data.Images;

namespace GanSharp.Networks.Residual;

/// <summary>Sides and channels of the residual networks' stages.</summary>
internal static class ResnetPlan
{
    // SNGAN's networks for 32 × 32 begin at 4 and end at 8; at larger sides, channels halve with each doubling.
    private const int SmallestSide = 4, SmallestJudgedSide = 8, LargestFullSide = 32;

    /// <summary>Doublings of a generator: two at least, then while sides stay even and above 4.</summary>
    public static int Doublings(ImageShape image) => Halvings(image, SmallestSide);

    /// <summary>Halvings of a discriminator: two at least, then while sides stay even and above 8.</summary>
    public static int JudgedHalvings(ImageShape image) => Halvings(image, SmallestJudgedSide);

    /// <summary>Channels of a feature map after some halvings of the image.</summary>
    public static int Channels(ImageShape image, int width, int halvings)
    {
        var side = Math.Max(image.Height, image.Width) >> halvings;
        while (side > LargestFullSide && width > 1)
            (side, width) = (side / 2, width / 2);
        return width;
    }

    /// <summary>Which block's output has the height.</summary>
    /// <param name="heights">Heights of the blocks' outputs, in order.</param>
    /// <param name="attentionHeight">The height that was asked for; null for none.</param>
    /// <returns>The last such block, or −1 for none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No block has it.</exception>
    public static int AttentionIndex(IReadOnlyList<int> heights, int? attentionHeight)
    {
        if (attentionHeight is not { } height)
            return -1;
        var index = heights.ToList().LastIndexOf(height);
        return index >= 0 ? index : throw new ArgumentOutOfRangeException(nameof(attentionHeight), height,
            $"attentionHeight must be the height of a block's output, one of {string.Join(", ", heights.Distinct())}, but is {height}.");
    }

    private static int Halvings(ImageShape image, int smallest)
    {
        var (halvings, height, width) = (0, image.Height, image.Width);
        while (height % 2 == 0 && width % 2 == 0 && (halvings < 2 || Math.Min(height, width) > smallest))
            (halvings, height, width) = (halvings + 1, height / 2, width / 2);
        return halvings;
    }
}
