namespace GanSharp.Tests.Fuzzing;

/// <summary>CRC-32 as PNG chunks carry it.</summary>
internal static class PngChecksum
{
    public static uint Compute(ReadOnlySpan<byte> content)
    {
        var remainder = uint.MaxValue;
        foreach (var value in content)
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
                remainder = (remainder >> 1) ^ ((remainder & 1) * 0xEDB88320u);
        }
        return ~remainder;
    }
}
