namespace GanSharp.Reporting.Animations;

/// <summary>256 colors for a frame: its own where it has no more, else those of Heckbert's median cut (1982) over 32 levels a channel, each the mean of what it stands for.</summary>
internal sealed class ColorTable
{
    private const int Size = 256, Levels = 32, Shift = 3;
    private readonly Dictionary<int, byte>? exact;
    private readonly byte[]? byLevel;

    private ColorTable(byte[] entries, Dictionary<int, byte>? exact, byte[]? byLevel) => (Entries, this.exact, this.byLevel) = (entries, exact, byLevel);

    /// <summary>Every gray.</summary>
    public static ColorTable Grays { get; } = new([.. Enumerable.Range(0, Size).SelectMany(level => new[] { (byte)level, (byte)level, (byte)level })], null, null);

    /// <summary>Red, green and blue of the 256 colors.</summary>
    public byte[] Entries { get; }

    public byte IndexOf(byte red, byte green, byte blue) => exact is not null ? exact[Key(red, green, blue)] : byLevel is not null ? byLevel[Level(red, green, blue)] : red;

    /// <summary>The table for the pixels of a frame, RGBA.</summary>
    public static ColorTable Of(ReadOnlySpan<byte> pixels)
    {
        var isGray = true;
        var colors = new Dictionary<int, byte>();
        for (var at = 0; at < pixels.Length; at += 4)
        {
            var (red, green, blue) = (pixels[at], pixels[at + 1], pixels[at + 2]);
            isGray &= red == green && green == blue;
            if (colors.Count <= Size)
                colors.TryAdd(Key(red, green, blue), (byte)colors.Count);
            else if (!isGray)
                return Cut(pixels);
        }
        if (isGray)
            return Grays;
        if (colors.Count > Size)
            return Cut(pixels);
        var entries = new byte[3 * Size];
        foreach (var (color, index) in colors)
            (entries[3 * index], entries[3 * index + 1], entries[3 * index + 2]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
        return new ColorTable(entries, colors, null);
    }

    private static ColorTable Cut(ReadOnlySpan<byte> pixels)
    {
        var sums = new Color[Levels * Levels * Levels];
        for (var at = 0; at < pixels.Length; at += 4)
            sums[Level(pixels[at], pixels[at + 1], pixels[at + 2])].Add(pixels[at], pixels[at + 1], pixels[at + 2]);
        List<(int Start, int Count, long Weight)> boxes = [];
        int[] levels = [.. Enumerable.Range(0, sums.Length).Where(level => sums[level].Count > 0)];
        boxes.Add((0, levels.Length, pixels.Length / 4));
        while (boxes.Count < Size)
        {
            // The box of most pixels times its longest side: neither many alike nor a few far apart take all colors.
            var chosen = Enumerable.Range(0, boxes.Count).Where(box => boxes[box].Count > 1).OrderByDescending(box => boxes[box].Weight * Longest(levels.AsSpan(boxes[box].Start, boxes[box].Count)).Length).FirstOrDefault(-1);
            if (chosen < 0)
                break;
            var (start, count, weight) = boxes[chosen];
            var part = levels.AsSpan(start, count);
            var channel = Longest(part).Channel;
            part.Sort((one, other) => Coordinate(one, channel).CompareTo(Coordinate(other, channel)));
            var (half, first) = (0, 0L);
            while (half < count - 1 && (half == 0 || first + sums[part[half]].Count <= weight / 2))
                first += sums[part[half++]].Count;
            boxes[chosen] = (start, half, first);
            boxes.Add((start + half, count - half, weight - first));
        }
        var (entries, byLevel) = (new byte[3 * Size], new byte[sums.Length]);
        foreach (var (index, box) in boxes.Index())
        {
            var mean = default(Color);
            foreach (var level in levels.AsSpan(box.Start, box.Count))
            {
                mean.Add(sums[level]);
                byLevel[level] = (byte)index;
            }
            mean.Write(entries.AsSpan(3 * index));
        }
        return new ColorTable(entries, null, byLevel);
    }

    private static (int Channel, int Length) Longest(ReadOnlySpan<int> levels)
    {
        var longest = (Channel: 0, Length: -1);
        for (var channel = 0; channel < 3; channel++)
        {
            var (lowest, highest) = (Levels, -1);
            foreach (var level in levels)
                (lowest, highest) = (Math.Min(lowest, Coordinate(level, channel)), Math.Max(highest, Coordinate(level, channel)));
            if (highest - lowest > longest.Length)
                longest = (channel, highest - lowest);
        }
        return longest;
    }

    private static int Key(byte red, byte green, byte blue) => red << 16 | green << 8 | blue;

    private static int Level(byte red, byte green, byte blue) => (red >> Shift) * Levels * Levels + (green >> Shift) * Levels + (blue >> Shift);

    private static int Coordinate(int level, int channel) => channel switch { 0 => level / (Levels * Levels), 1 => level / Levels % Levels, _ => level % Levels };

    private struct Color
    {
        private long red, green, blue;

        public long Count { get; private set; }

        public void Add(byte red, byte green, byte blue)
        {
            (this.red, this.green, this.blue) = (this.red + red, this.green + green, this.blue + blue);
            Count++;
        }

        public void Add(Color other)
        {
            (red, green, blue) = (red + other.red, green + other.green, blue + other.blue);
            Count += other.Count;
        }

        public readonly void Write(Span<byte> entry) =>
            (entry[0], entry[1], entry[2]) = ((byte)((red + Count / 2) / Count), (byte)((green + Count / 2) / Count), (byte)((blue + Count / 2) / Count));
    }
}
