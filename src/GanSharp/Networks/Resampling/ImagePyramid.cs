using GanSharp.Data.Images;

namespace GanSharp.Networks.Resampling;

/// <summary>The sides of the feature maps of a network that halves or doubles an image, from the image's own down to the smallest.</summary>
internal static class ImagePyramid
{
    /// <summary>Smallest side of any map, as of the published networks.</summary>
    public const int SmallestSide = 4;

    /// <summary>Halves while both sides stay whole and at least 4: 28 → 14 → 7, 32 → 16 → 8 → 4.</summary>
    /// <exception cref="ArgumentException">The image has no channels, or a side below 4.</exception>
    public static IReadOnlyList<(int Height, int Width)> Sides(ImageShape image, string parameterName)
    {
        if (image.Channels < 1 || image.Height < SmallestSide || image.Width < SmallestSide)
            throw new ArgumentException($"{parameterName}: an image must have at least 1 channel and sides of at least {SmallestSide} but is {image}.", parameterName);
        var sides = new List<(int Height, int Width)> { (image.Height, image.Width) };
        while (sides[^1] is var (height, width) && height % 2 == 0 && width % 2 == 0 && Math.Min(height, width) / 2 >= SmallestSide)
            sides.Add((height / 2, width / 2));
        return sides;
    }

    /// <summary>Channels of each map where they double with each halving, up to eight times the width.</summary>
    public static IReadOnlyList<int> Widths(int width, int levels) => [.. Enumerable.Range(0, levels).Select(level => width * Math.Min(1 << level, 8))];
}
