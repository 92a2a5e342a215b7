using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GanSharp.Tests.Fuzzing;

/// <summary>Makes hostile inputs from good ones: one to eight random edits each, half of the time one, at the level of bits, bytes, integers, decimal numbers and pieces.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> tokens)
{
    private static readonly long[] Boundaries =
        [0, 1, -1, 2, 3, 64, 65, 127, 128, 255, 256, 32767, 65535, 65536, 1 << 24, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 53, long.MaxValue, long.MinValue];

    private static readonly string[] Numbers =
        [.. Boundaries.Select(value => value.ToString(CultureInfo.InvariantCulture)), "1.5", "1e3", "-0", "1e999", "99999999999999999999999", "0000", "null", "\"1\"", "[]", "{}"];

    public byte[] Next(Random random)
    {
        var bytes = Pick(corpus, random).ToList();
        for (var edits = 1 << Math.Max(0, random.Next(6) - 2); edits > 0; edits--)
            Edit(bytes, random);
        return [.. bytes];
    }

    private void Edit(List<byte> bytes, Random random)
    {
        var (start, length) = Piece(bytes.Count, random);
        switch (random.Next(9))
        {
            case 0 when bytes.Count > 0:
                bytes[start] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[start] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(bytes, start, Integer(random));
                break;
            case 3:
                bytes.RemoveRange(start, length);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(start, length));
                break;
            case 5:
                bytes.RemoveRange(start, bytes.Count - start);
                break;
            case 6:
                var other = Pick(corpus, random);
                var (from, count) = Piece(other.Length, random);
                Overwrite(bytes, start, other.AsSpan(from, count).ToArray());
                break;
            case 7:
                ReplaceNumber(bytes, start, random);
                break;
            default:
                bytes.InsertRange(start, Encoding.UTF8.GetBytes(tokens.Count > 0 && random.Next(2) == 0 ? Pick(tokens, random) : Pick(Numbers, random)));
                break;
        }
    }

    /// <summary>A boundary value of one to eight bytes in either order.</summary>
    private static byte[] Integer(Random random)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, Pick(Boundaries, random));
        Array.Resize(ref value, 1 << random.Next(4));
        if (random.Next(2) == 0)
            Array.Reverse(value);
        return value;
    }

    /// <summary>Replaces the first decimal number from a place on, as it stands in JSON.</summary>
    private static void ReplaceNumber(List<byte> bytes, int start, Random random)
    {
        var first = bytes.FindIndex(start, value => value is >= (byte)'0' and <= (byte)'9');
        if (first < 0)
            return;
        var end = bytes.FindIndex(first, value => value is < (byte)'0' or > (byte)'9');
        bytes.RemoveRange(first, (end < 0 ? bytes.Count : end) - first);
        bytes.InsertRange(first, Encoding.UTF8.GetBytes(Pick(Numbers, random)));
    }

    private static void Overwrite(List<byte> bytes, int start, byte[] piece)
    {
        bytes.RemoveRange(start, Math.Min(piece.Length, bytes.Count - start));
        bytes.InsertRange(start, piece);
    }

    private static (int Start, int Length) Piece(int count, Random random)
    {
        var start = count == 0 ? 0 : random.Next(count);
        return (start, Math.Min(1 << random.Next(8), count - start));
    }

    private static T Pick<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];
}
