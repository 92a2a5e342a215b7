namespace GanSharp.Reporting.Animations;

/// <summary>The compression of GIF: Lempel, Ziv and Welch's with codes of up to 12 bits, in blocks of up to 255 bytes (GIF89a, appendix F).</summary>
internal sealed class LzwEncoder(Stream file, int depth)
{
    private const int LongestCode = 12, LargestBlock = 255;
    private readonly byte[] block = new byte[LargestBlock];
    private int filled, waitingBits, waiting;

    public void Write(ReadOnlySpan<byte> indices)
    {
        var (clear, end) = (1 << depth, (1 << depth) + 1);
        var (next, length) = (end + 1, depth + 1);
        // What follows a known sequence, and the code of both together.
        var codes = new Dictionary<int, int>(1 << LongestCode);
        file.WriteByte((byte)depth);
        Code(clear, length);
        int prefix = indices[0];
        foreach (var index in indices[1..])
        {
            var key = prefix << depth | index;
            if (codes.TryGetValue(key, out var longer))
            {
                prefix = longer;
                continue;
            }
            Code(prefix, length);
            prefix = index;
            if (next < 1 << LongestCode)
            {
                codes[key] = next++;
                // The reader's table is one entry behind.
                if (next > 1 << length && length < LongestCode)
                    length++;
            }
            else
            {
                Code(clear, length);
                codes.Clear();
                (next, length) = (end + 1, depth + 1);
            }
        }
        Code(prefix, length);
        Code(end, next >= 1 << length && length < LongestCode ? length + 1 : length);
        if (waitingBits > 0)
            Put((byte)waiting);
        Flush();
        file.WriteByte(0);
    }

    private void Code(int code, int length)
    {
        waiting |= code << waitingBits;
        for (waitingBits += length; waitingBits >= 8; waitingBits -= 8, waiting >>= 8)
            Put((byte)waiting);
    }

    private void Put(byte value)
    {
        block[filled++] = value;
        if (filled == LargestBlock)
            Flush();
    }

    private void Flush()
    {
        if (filled == 0)
            return;
        file.WriteByte((byte)filled);
        file.Write(block, 0, filled);
        filled = 0;
    }
}
