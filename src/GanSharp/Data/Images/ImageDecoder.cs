using SkiaSharp;

namespace GanSharp.Data.Images;

/// <summary>Decodes one image file to channels-first bytes of the requested shape.</summary>
internal static class ImageDecoder
{
    // SkiaSharp supports more formats, which image folders don't need: each is one more decoder that a hostile file could reach.
    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif];

    /// <summary>Decodes a file into <paramref name="target"/>, as long as one image.</summary>
    /// <returns>Null, or why the file can't be decoded.</returns>
    public static string? Fault(string path, ImageFolderOptions options, Span<byte> target)
    {
        using var codec = SKCodec.Create(path, out var opened);
        if (HeaderFault(codec, opened, options.LargestImagePixels) is { } fault)
            return fault;
        var shape = options.Image;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
            return $"{info.Width:N0} × {info.Height:N0} pixels are more than can be allocated";
        var decoded = codec.GetPixels(info, bitmap.GetPixels());
        if (decoded != SKCodecResult.Success)
            return decoded == SKCodecResult.IncompleteInput ? "the file is cut off" : $"the pixels are damaged ({decoded})";

        // Otherwise the image below would copy the pixels.
        bitmap.SetImmutable();
        using var surface = SKSurface.Create(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Clear(shape.Channels == 4 ? SKColors.Transparent : SKColors.White);
        Cover(surface.Canvas, bitmap, codec.EncodedOrigin, shape);
        Read(surface, shape, target);
        return null;
    }

    /// <summary>Why the file can't be decoded, judging by its first bytes, or null.</summary>
    public static string? HeaderFault(string path, ImageFolderOptions options)
    {
        using var codec = SKCodec.Create(path, out var opened);
        return HeaderFault(codec, opened, options.LargestImagePixels);
    }

    private static string? HeaderFault(SKCodec? codec, SKCodecResult opened, long largestPixels)
    {
        if (codec is null)
            return opened switch
            {
                SKCodecResult.InternalError or SKCodecResult.InvalidInput => "not an image that can be read",
                SKCodecResult.IncompleteInput => "the file is cut off",
                _ => $"not an image that can be read ({opened})",
            };
        if (!Formats.Contains(codec.EncodedFormat))
            return $"must be PNG, JPEG, WebP, BMP or GIF but is {codec.EncodedFormat}";
        return (long)codec.Info.Width * codec.Info.Height > largestPixels
            ? $"must have at most {largestPixels:N0} pixels (LargestImagePixels) but has {codec.Info.Width:N0} × {codec.Info.Height:N0}"
            : null;
    }

    /// <summary>Draws the image upright and centered so that it just covers the canvas. Mipmaps average pixels that scaling down would skip.</summary>
    private static void Cover(SKCanvas canvas, SKBitmap bitmap, SKEncodedOrigin origin, ImageShape shape)
    {
        var lies = origin >= SKEncodedOrigin.LeftTop;
        var (width, height) = lies ? (bitmap.Height, bitmap.Width) : (bitmap.Width, bitmap.Height);
        var scale = Math.Max((float)shape.Width / width, (float)shape.Height / height);
        canvas.Translate(shape.Width / 2f, shape.Height / 2f);
        canvas.Scale(scale);
        var (rotation, mirrored) = origin switch
        {
            SKEncodedOrigin.TopRight => (0, true),
            SKEncodedOrigin.BottomRight => (180, false),
            SKEncodedOrigin.BottomLeft => (180, true),
            SKEncodedOrigin.LeftTop => (270, true),
            SKEncodedOrigin.RightTop => (90, false),
            SKEncodedOrigin.RightBottom => (90, true),
            SKEncodedOrigin.LeftBottom => (270, false),
            _ => (0, false),
        };
        canvas.RotateDegrees(rotation);
        if (mirrored)
            canvas.Scale(-1, 1);
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, -bitmap.Width / 2f, -bitmap.Height / 2f, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    private static void Read(SKSurface surface, ImageShape shape, Span<byte> target)
    {
        using var pixmap = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        surface.ReadPixels(pixmap.Info, pixmap.GetPixels(), pixmap.RowBytes, 0, 0);
        var source = pixmap.GetPixelSpan();
        var plane = shape.Height * shape.Width;
        for (var pixel = 0; pixel < plane; pixel++)
        {
            var rgba = source.Slice(4 * pixel, 4);
            if (shape.Channels == 1)
                target[pixel] = Gray(rgba);
            else
                for (var channel = 0; channel < shape.Channels; channel++)
                    target[channel * plane + pixel] = rgba[channel];
        }
    }

    /// <summary>Luma of ITU-R BT.601, as used by JPEG and Pillow, in thousandths.</summary>
    private static byte Gray(ReadOnlySpan<byte> rgba) => (byte)((299 * rgba[0] + 587 * rgba[1] + 114 * rgba[2] + 500) / 1000);
}
