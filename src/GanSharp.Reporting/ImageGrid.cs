using SkiaSharp;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>Images of a tensor as one PNG: the first thing to look at.</summary>
public static class ImageGrid
{
    private const int Gap = 2, CaptionHeight = 34, Margin = 12;
    private const int TargetCellPixels = 56;

    /// <summary>Saves images row by row.</summary>
    /// <param name="images">Float tensor of shape [N, channels, height, width] in [−1, 1], values beyond are clipped; 1, 3 or 4 channels.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="columns">Images in a row, at least 1. Default 8.</param>
    /// <exception cref="ArgumentException">The tensor has another shape, or holds NaN.</exception>
    public static void Save(Tensor images, string path, int columns = 8) => Save([("", images, columns)], path);

    /// <summary>Saves real and generated images beside each other, with captions.</summary>
    /// <param name="real">Images of the data, like <see cref="Save(Tensor, string, int)"/>'s.</param>
    /// <param name="generated">Images of the generator.</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <param name="columns">Images in a row of each half. Default 8.</param>
    public static void SaveSideBySide(Tensor real, Tensor generated, string path, int columns = 8) =>
        Save([("Real", real, columns), ("Generated", generated, columns)], path);

    /// <summary>Saves several blocks of images beside each other, each with its caption.</summary>
    /// <param name="blocks">At least one; images like <see cref="Save(Tensor, string, int)"/>'s.</param>
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
    /// <param name="generated">Images of the generator, like <see cref="Save(Tensor, string, int)"/>'s.</param>
    /// <param name="neighbors">Float tensor of shape [N, k, channels, height, width]: k images for each, the nearest first (<c>NearestTrainingNeighbors.Read</c>).</param>
    /// <param name="path">Where to save it; a file that is there is replaced.</param>
    /// <exception cref="ArgumentException">A tensor has another shape, or holds NaN.</exception>
    public static void SaveNeighbors(Tensor generated, Tensor neighbors, string path)
    {
        ThrowIfNoImages(generated);
        ArgumentNullException.ThrowIfNull(neighbors);
        if (neighbors.dim() != 5 || neighbors.shape[1] < 1 || !neighbors.shape.Where((_, dimension) => dimension != 1).SequenceEqual(generated.shape))
            throw new ArgumentException($"neighbors must have shape [{generated.shape[0]}, k, {string.Join(", ", generated.shape[1..])}], k images for each generated one, but have shape [{string.Join(", ", neighbors.shape)}].", nameof(neighbors));
        using var scope = NewDisposeScope();
        Save([("Fake", generated, 1), ("Training set", neighbors.flatten(0, 1), (int)neighbors.shape[1])], path);
    }

    private static void Save((string Caption, Tensor Images, int Columns)[] blocks, string path)
    {
        foreach (var (_, images, columns) in blocks)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
            ThrowIfNoImages(images);
        }
        var captioned = blocks.Any(block => block.Caption.Length > 0);
        var scale = Math.Max(1, TargetCellPixels / (int)blocks[0].Images.shape[2]);
        var grids = blocks.Select(block => Draw(block.Images, block.Columns, scale)).ToArray();
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
        ReportFile.SavePng(surface, path);
    }

    private static SKBitmap Draw(Tensor images, int columns, int scale)
    {
        using var scope = NewDisposeScope();
        var (count, channels, height, width) = ((int)images.shape[0], (int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        var bytes = images.detach().to(ScalarType.Float32).clamp(-1, 1).add(1).mul(127.5).round().to(ScalarType.Byte).cpu()
            .permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
        columns = Math.Min(columns, count);
        var rows = (count + columns - 1) / columns;
        var (cellWidth, cellHeight) = (width * scale + Gap, height * scale + Gap);
        var grid = new SKBitmap(columns * cellWidth - Gap, rows * cellHeight - Gap, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        grid.Erase(SKColors.White);
        var target = grid.GetPixelSpan();
        for (var index = 0; index < count; index++)
            for (var y = 0; y < height * scale; y++)
                for (var x = 0; x < width * scale; x++)
                {
                    var source = bytes.AsSpan(((index * height + y / scale) * width + x / scale) * channels, channels);
                    var at = ((index / columns * cellHeight + y) * grid.Width + index % columns * cellWidth + x) * 4;
                    target[at] = source[0];
                    target[at + 1] = source[channels == 1 ? 0 : 1];
                    target[at + 2] = source[channels == 1 ? 0 : 2];
                    target[at + 3] = channels == 4 ? source[3] : (byte)255;
                }
        return grid;
    }

    private static void ThrowIfNoImages(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.numel() == 0 || images.shape[1] is not (1 or 3 or 4))
            throw new ArgumentException($"images must have shape [N, 1, 3 or 4 channels, height, width] but have shape [{string.Join(", ", images.shape)}].", nameof(images));
        using var scope = NewDisposeScope();
        if (images.isnan().any().item<bool>())
            throw new ArgumentException("images must be numbers but some values are NaN.", nameof(images));
    }
}
