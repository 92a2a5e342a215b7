using SkiaSharp;
using static TorchSharp.torch;

namespace GanSharp.Reporting.Pictures;

/// <summary>Images as bytes, row by row with their channels last: what a thread can draw that must not compute with torch.</summary>
/// <param name="Values">Count · height · width · channels bytes.</param>
/// <param name="Count">Number of images.</param>
/// <param name="Channels">1, 3 or 4.</param>
/// <param name="Height">Of one image, in pixels.</param>
/// <param name="Width">Of one image, in pixels.</param>
internal sealed record ImageBytes(byte[] Values, int Count, int Channels, int Height, int Width)
{
    private const int Gap = 2, TargetCellPixels = 56;

    /// <summary>How many pixels a grid draws for one, so that small images can be seen.</summary>
    public int Scale => Math.Max(1, TargetCellPixels / Height);

    /// <exception cref="ArgumentException">The tensor has another shape, or holds NaN.</exception>
    public static ImageBytes Of(Tensor images)
    {
        ThrowIfNoImages(images);
        using var scope = NewDisposeScope();
        var values = images.detach().to(ScalarType.Float32).clamp(-1, 1).add(1).mul(127.5).round().to(ScalarType.Byte).cpu().permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
        return new(values, (int)images.shape[0], (int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
    }

    public static void ThrowIfNoImages(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.numel() == 0 || images.shape[1] is not (1 or 3 or 4))
            throw new ArgumentException($"images must have shape [N, 1, 3 or 4 channels, height, width] but have shape [{string.Join(", ", images.shape)}].", nameof(images));
        using var scope = NewDisposeScope();
        if (images.isnan().any().item<bool>())
            throw new ArgumentException("images must be numbers but some values are NaN.", nameof(images));
    }

    /// <summary>All images, row by row.</summary>
    public SKBitmap ToGrid(int columns, int scale)
    {
        columns = Math.Min(columns, Count);
        var rows = (Count + columns - 1) / columns;
        var (cellWidth, cellHeight) = (Width * scale + Gap, Height * scale + Gap);
        var grid = new SKBitmap(columns * cellWidth - Gap, rows * cellHeight - Gap, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        grid.Erase(SKColors.White);
        var target = grid.GetPixelSpan();
        for (var index = 0; index < Count; index++)
            for (var y = 0; y < Height * scale; y++)
                for (var x = 0; x < Width * scale; x++)
                    Copy(index, y / scale, x / scale, target[(((index / columns * cellHeight + y) * grid.Width + index % columns * cellWidth + x) * 4)..]);
        return grid;
    }

    /// <summary>One image, a pixel for a pixel.</summary>
    public SKBitmap ToBitmap(int index)
    {
        var bitmap = new SKBitmap(Width, Height, SKColorType.Rgba8888, Channels == 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        var target = bitmap.GetPixelSpan();
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                Copy(index, y, x, target[((y * Width + x) * 4)..]);
        return bitmap;
    }

    private void Copy(int index, int y, int x, Span<byte> target)
    {
        var source = Values.AsSpan(((index * Height + y) * Width + x) * Channels, Channels);
        target[0] = source[0];
        target[1] = source[Channels == 1 ? 0 : 1];
        target[2] = source[Channels == 1 ? 0 : 2];
        target[3] = Channels == 4 ? source[3] : (byte)255;
    }
}
