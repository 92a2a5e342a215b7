using System.Globalization;
using GanSharp.Reporting.Pictures;
using SkiaSharp;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>Images of a tensor as one PNG, the first thing to look at, or as single files for tools that read folders.</summary>
public static class ImageGrid
{
    private const int CaptionHeight = 34, Margin = 12;

    /// <summary>Saves images row by row.</summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width] in [−1, 1], values beyond are clipped; 1, 3 or 4 channels.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="columns">Images in a row, at least 1. Default 8.</param>
    /// <exception cref="ArgumentException">The tensor has another shape, or holds NaN.</exception>
    public static void Save(Tensor images, string path, int columns = 8) => Save([("", images, columns)], path);

    /// <summary>Writes images row by row as a PNG.</summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width] as <see cref="Save(Tensor, string, int)"/> takes.</param>
    /// <param name="stream">Where to write it; it stays open.</param>
    /// <param name="columns">Images in a row, at least 1. Default 8.</param>
    /// <exception cref="ArgumentException">The tensor has another shape, or holds NaN.</exception>
    public static void Save(Tensor images, Stream stream, int columns = 8)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(Convert([("", images, columns)]), stream);
    }

    /// <summary>
    /// Saves each image as a file of its own, 000000.png, 000001.png, …, a pixel for a pixel: the folder that torch-fidelity, pytorch-fid and GanSharp's <c>ImageFolder</c> read.
    /// More batches go on in it with <paramref name="first"/>.
    /// </summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width] as <see cref="Save(Tensor, string, int)"/> takes.</param>
    /// <param name="folder">Where to save them; made where it isn't there. Files of the same numbers are replaced, others stay: start with an empty one.</param>
    /// <param name="first">Number of the first file, at least 0. Default 0.</param>
    /// <exception cref="ArgumentException">The tensor has another shape, or holds NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is below 0.</exception>
    public static void SaveSingles(Tensor images, string folder, long first = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var bytes = ImageBytes.Of(images);
        for (var index = 0; index < bytes.Count; index++)
        {
            using var image = bytes.ToBitmap(index);
            ReportFile.Save(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{first + index:000000}.png")), file => image.Encode(file, SKEncodedImageFormat.Png, 100));
        }
    }

    /// <summary>Saves real and generated images beside each other, with captions.</summary>
    /// <param name="real">Images of the data, shape [N, channels, height, width] as <see cref="Save(Tensor, string, int)"/> takes.</param>
    /// <param name="generated">Images of the generator, shape [M, channels, height, width].</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="columns">Images in a row of each half. Default 8.</param>
    /// <exception cref="ArgumentException">A tensor has another shape, or holds NaN.</exception>
    public static void SaveSideBySide(Tensor real, Tensor generated, string path, int columns = 8) =>
        Save([("Real", real, columns), ("Generated", generated, columns)], path);

    /// <summary>Saves several blocks of images beside each other, each with its caption.</summary>
    /// <param name="blocks">At least one; images of shape [N, channels, height, width] as <see cref="Save(Tensor, string, int)"/> takes.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="columns">Images in a row of each block, at least 1. Default 8.</param>
    /// <exception cref="ArgumentException">There is no block, or a tensor has another shape, or holds NaN.</exception>
    public static void SaveCaptioned(IReadOnlyList<(string Caption, Tensor Images)> blocks, string path, int columns = 8)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        if (blocks.Count == 0)
            throw new ArgumentException("blocks must hold at least one block of images but is empty.", nameof(blocks));
        Save([.. blocks.Select(block => (block.Caption, block.Images, columns))], path);
    }

    /// <summary>Saves generated images, one below the other, and to the right of each the training images that are nearest to it: a copy is seen at once.</summary>
    /// <param name="generated">Images of the generator, shape [N, channels, height, width] as <see cref="Save(Tensor, string, int)"/> takes.</param>
    /// <param name="neighbors">Float tensor of shape [N, k, channels, height, width]: k images for each, the nearest first (<c>NearestTrainingNeighbors.Read</c>).</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">A tensor has another shape, or holds NaN.</exception>
    public static void SaveNeighbors(Tensor generated, Tensor neighbors, string path)
    {
        ImageBytes.ThrowIfNoImages(generated);
        ArgumentNullException.ThrowIfNull(neighbors);
        if (neighbors.dim() != 5 || neighbors.shape[1] < 1 || !neighbors.shape.Where((_, dimension) => dimension != 1).SequenceEqual(generated.shape))
            throw new ArgumentException($"neighbors must have shape [{generated.shape[0]}, k, {string.Join(", ", generated.shape[1..])}], k images for each generated one, but have shape [{string.Join(", ", neighbors.shape)}].", nameof(neighbors));
        using var scope = NewDisposeScope();
        Save([("Fake", generated, 1), ("Training set", neighbors.flatten(0, 1), (int)neighbors.shape[1])], path);
    }

    /// <summary>Draws blocks that are bytes already.</summary>
    internal static void Write(IReadOnlyList<(string Caption, ImageBytes Images, int Columns)> blocks, Stream stream)
    {
        var captioned = blocks.Any(block => block.Caption.Length > 0);
        var grids = blocks.Select(block => block.Images.ToGrid(block.Columns, blocks[0].Images.Scale)).ToArray();
        var (margin, top) = captioned ? (Margin, CaptionHeight) : (0, 0);
        var info = new SKImageInfo(grids.Sum(grid => grid.Width) + margin * (grids.Length + 1), top + grids.Max(grid => grid.Height) + margin);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(SKColors.White);
        var left = margin;
        foreach (var (grid, (caption, _, _)) in grids.Zip(blocks))
        {
            if (captioned)
            {
                using var font = new SKFont(PlotFonts.Bold, 18);
                using var ink = new SKPaint { IsAntialias = true, Color = new SKColor(0x1f, 0x29, 0x37) };
                surface.Canvas.DrawText(caption, left, top - 11, font, ink);
            }
            surface.Canvas.DrawBitmap(grid, left, top);
            left += grid.Width + margin;
            grid.Dispose();
        }
        ReportFile.WritePng(surface, stream);
    }

    private static void Save(IReadOnlyList<(string Caption, Tensor Images, int Columns)> blocks, string path)
    {
        var bytes = Convert(blocks);
        ReportFile.Save(path, file => Write(bytes, file));
    }

    private static (string Caption, ImageBytes Images, int Columns)[] Convert(IReadOnlyList<(string Caption, Tensor Images, int Columns)> blocks)
    {
        foreach (var (_, _, columns) in blocks)
            ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return [.. blocks.Select(block => (block.Caption, ImageBytes.Of(block.Images), block.Columns))];
    }
}
