using System.Buffers.Binary;
using SkiaSharp;

namespace GanSharp.Reporting.Animations;

/// <summary>
/// GIF89a. Grays are exact: they have the table of the whole file. A frame with up to 256 colors has a table of its own and is exact too, one with more gets the best 256.
/// </summary>
internal sealed class GifWriter : IFrameWriter
{
    private const int DepthOfTable = 8;
    private readonly Stream file;
    private readonly int width, height;
    private byte[] indices = [];

    public GifWriter(Stream file, int width, int height, bool repeats)
    {
        (this.file, this.width, this.height) = (file, width, height);
        file.Write("GIF89a"u8);
        Short(width);
        Short(height);
        // A table of 256 entries; background 0; no aspect ratio.
        file.Write([0x80 | (DepthOfTable - 1) << 4 | (DepthOfTable - 1), 0, 0]);
        file.Write(ColorTable.Grays.Entries);
        if (!repeats)
            return;
        file.Write([0x21, 0xff, 11]);
        file.Write("NETSCAPE2.0"u8);
        file.Write([3, 1, 0, 0, 0]);
    }

    public void Add(SKBitmap frame, TimeSpan duration)
    {
        var pixels = frame.GetPixelSpan();
        var table = ColorTable.Of(pixels);
        Array.Resize(ref indices, width * height);
        for (var pixel = 0; pixel < indices.Length; pixel++)
            indices[pixel] = table.IndexOf(pixels[4 * pixel], pixels[4 * pixel + 1], pixels[4 * pixel + 2]);
        file.Write([0x21, 0xf9, 4, 0]);
        Short((int)Math.Round(duration.TotalSeconds * 100));
        file.Write([0, 0, 0x2c]);
        Short(0);
        Short(0);
        Short(width);
        Short(height);
        var isOwn = table != ColorTable.Grays;
        file.WriteByte((byte)(isOwn ? 0x80 | (DepthOfTable - 1) : 0));
        if (isOwn)
            file.Write(table.Entries);
        new LzwEncoder(file, DepthOfTable).Write(indices);
    }

    public void End() => file.WriteByte(0x3b);

    private void Short(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        file.Write(bytes);
    }
}
