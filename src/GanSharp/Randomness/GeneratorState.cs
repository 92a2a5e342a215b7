using System.Buffers.Binary;
using static TorchSharp.torch;

namespace GanSharp.Randomness;

/// <summary>
/// Validates the state of a random generator that was read from a file. libtorch would refuse an invalid one, but TorchSharp doesn't catch that exception,
/// which ends the process; and libtorch accepts positions that lie beyond the generator's numbers.
/// </summary>
internal static class GeneratorState
{
    // A Mersenne twister on the CPU: seed, numbers left, whether seeded, position of the next number, the 624 numbers, parts of a normal draw.
    private const int CpuBytes = 5056, LeftOffset = 8, SeededOffset = 12, NextOffset = 16, Numbers = 624;
    // A counter on a GPU: seed and position, which advances by four.
    private const int GpuBytes = 16, PositionOffset = 8;

    /// <summary>What is wrong with the state; null where the generator can use it.</summary>
    /// <param name="state">Uint8 tensor of the length that the generator requires, on the CPU.</param>
    public static string? Fault(Tensor state)
    {
        var bytes = state.bytes;
        if (bytes.Length == GpuBytes)
            return BinaryPrimitives.ReadInt64LittleEndian(bytes[PositionOffset..]) is var position && position % 4 != 0
                ? $"must have a position that is a multiple of 4 but has {position}" : null;
        if (bytes.Length != CpuBytes)
            return $"must have {CpuBytes} bytes on the CPU or {GpuBytes} on a GPU but has {bytes.Length}";
        var left = BinaryPrimitives.ReadInt32LittleEndian(bytes[LeftOffset..]);
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes[SeededOffset..]);
        var next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[NextOffset..]);
        var isFresh = (left, next) is (1, 0);
        var isWithin = left is >= 1 and <= Numbers && next == (ulong)(Numbers + 1 - left);
        return seeded == 1 && (isFresh || isWithin) ? null
            : $"must be seeded and stand at one of its {Numbers} numbers but has {(seeded == 1 ? $"{left} left and stands at {next}" : "no seed")}";
    }
}
