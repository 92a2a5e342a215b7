using SkiaSharp;

namespace GanSharp.Samples.Serve;

/// <summary>Samples as one PNG, row by row, with a line of two pixels between them.</summary>
internal static class PngGrid
{
    private const int Gap = 2;

    public static byte[] Encode(float[] samples, OnnxGenerator generator, int columns)
    {
        var (channels, height, width) = (generator.SampleShape[0], generator.SampleShape[1], generator.SampleShape[2]);
        var count = samples.Length / (channels * height * width);
        columns = Math.Min(columns, count);
        var rows = (count + columns - 1) / columns;
        using var picture = new SKBitmap(columns * (width + Gap) - Gap, rows * (height + Gap) - Gap, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        picture.Erase(SKColors.Transparent);
        var pixels = picture.GetPixelSpan();
        byte Level(int sample, int channel, int place)
        {
            var value = samples[(sample * channels + channel) * height * width + place];
            return (byte)Math.Clamp(MathF.Round((value - generator.Black) / (generator.White - generator.Black) * 255), 0, 255);
        }
        for (var sample = 0; sample < count; sample++)
            for (var place = 0; place < height * width; place++)
            {
                var (row, column) = (sample / columns * (height + Gap) + place / width, sample % columns * (width + Gap) + place % width);
                var pixel = pixels.Slice(row * picture.RowBytes + column * 4, 4);
                pixel[0] = Level(sample, 0, place);
                for (var channel = 1; channel < 3; channel++)
                    pixel[channel] = channels == 1 ? pixel[0] : Level(sample, channel, place);
                pixel[3] = channels == 4 ? Level(sample, 3, place) : byte.MaxValue;
            }
        // The default tries every filter for each row: a request for 64 garments then took 26 ms in place of 14.
        using var view = picture.PeekPixels();
        using var encoded = view.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, zLibLevel: 3));
        return encoded!.ToArray();
    }
}
