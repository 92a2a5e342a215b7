using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace GanSharp.Reporting.Animations;

/// <summary>Animated PNG (PNG, third edition, 2025): SkiaSharp compresses each frame as a PNG, whose data becomes a frame of one file. What can't animate it shows the first.</summary>
internal sealed class PngWriter : IFrameWriter
{
    private const int HeaderLength = 13, PlaceOfCount = 8 + 12 + HeaderLength;
    private static readonly SKPngEncoderOptions Compression = new(SKPngEncoderFilterFlags.AllFilters, 6);
    private readonly Stream file;
    private readonly bool repeats;
    private byte[]? header;
    private uint frames, chunks;

    public PngWriter(Stream file, bool repeats) => (this.file, this.repeats) = (file, repeats);

    public void Add(SKBitmap frame, TimeSpan duration)
    {
        using var pixels = frame.PeekPixels();
        using var picture = pixels.Encode(Compression) ?? throw new IOException($"Frame {frames + 1} could not be encoded as PNG.");
        var rest = picture.AsSpan()[8..];
        var isFirstPart = true;
        while (rest.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var type = rest[4..8];
            var data = rest.Slice(8, length);
            rest = rest[(12 + length)..];
            if (type.SequenceEqual("IHDR"u8))
                Header(data);
            else if (type.SequenceEqual("IDAT"u8))
            {
                if (isFirstPart)
                    Control(frame.Width, frame.Height, duration);
                isFirstPart = false;
                if (frames == 0)
                    Chunk("IDAT"u8, data);
                else
                    Chunk("fdAT"u8, [.. Number(chunks++), .. data]);
            }
        }
        frames++;
    }

    public void End()
    {
        Chunk("IEND"u8, []);
        // How many frames there are is known only now.
        var end = file.Position;
        file.Position = PlaceOfCount;
        Chunk("acTL"u8, [.. Number(frames), .. Number(repeats ? 0u : 1u)]);
        file.Position = end;
    }

    private void Header(ReadOnlySpan<byte> data)
    {
        if (header is not null)
        {
            if (!data.SequenceEqual(header))
                throw new IOException("The frames' PNGs differ in color type, which an animated PNG can't have.");
            return;
        }
        header = data.ToArray();
        file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        Chunk("IHDR"u8, data);
        Chunk("acTL"u8, new byte[8]);
    }

    private void Control(int width, int height, TimeSpan duration) => Chunk("fcTL"u8,
    [
        .. Number(chunks++), .. Number((uint)width), .. Number((uint)height), .. Number(0), .. Number(0),
        // The duration in milliseconds; the frame replaces what is shown.
        .. Number((uint)duration.TotalMilliseconds << 16 | 1000), 0, 0,
    ]);

    private void Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(data);
        file.Write(Number((uint)data.Length));
        file.Write(type);
        file.Write(data);
        file.Write(Number(checksum.GetCurrentHashAsUInt32()));
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
