using SkiaSharp;

namespace GanSharp.Reporting.Animations;

/// <summary>A picture with a line of text above it.</summary>
internal static class Captioned
{
    private const int Height = 30, Left = 6, Baseline = 21;

    // Gray, so that a gray frame stays exact in a GIF.
    private static readonly SKColor Ink = new(0x22, 0x22, 0x22);

    /// <summary>Takes the picture and disposes it.</summary>
    public static SKBitmap Draw(string caption, SKBitmap picture)
    {
        if (string.IsNullOrEmpty(caption))
            return picture;
        using var below = picture;
        var whole = new SKBitmap(new SKImageInfo(picture.Width, picture.Height + Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(whole);
        using var font = new SKFont(PlotFonts.Bold, 16);
        using var ink = new SKPaint { IsAntialias = true, Color = Ink };
        canvas.Clear(SKColors.White);
        canvas.DrawText(caption, Left, Baseline, font, ink);
        canvas.DrawBitmap(picture, 0, Height);
        return whole;
    }
}
