using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GanSharp.Tensors;

/// <summary>bfloat16 is the upper half of float32: widened with zeros, and rounded to nearest with ties to even, as in torch.</summary>
internal static unsafe class BFloat16
{
    private const int Shift = 16;
    private const uint AlmostHalf = 0x7FFF, NotANumber = 0x7FC0_0000;

    /// <summary>One value.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << Shift);

    /// <summary>A vector of values, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(ushort* source)
    {
        if (Vector<float>.Count == Vector256<float>.Count)
            return (Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()) << Shift).AsSingle().AsVector();
        Span<float> values = stackalloc float[Vector<float>.Count];
        for (var index = 0; index < values.Length; index++)
            values[index] = Widen(source[index]);
        return new Vector<float>(values);
    }

    /// <summary>Rounds a vector of values and stores it.</summary>
    /// <param name="values">The values.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="isAligned">Whether the target is aligned to the size of a store. Stores then bypass the caches (non-temporal stores), because the values are mostly read by another thread.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> values, ushort* target, bool isAligned)
    {
        var bits = Vector.AsVectorUInt32(values);
        var rounded = bits + new Vector<uint>(AlmostHalf) + ((bits >> Shift) & Vector<uint>.One);
        // The carry would turn some NaNs into numbers.
        rounded = Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(values, values)), rounded, new Vector<uint>(NotANumber)) >> Shift;
        if (isAligned && Vector<float>.Count == Vector256<float>.Count)
        {
            var whole = rounded.AsVector256();
            Vector128.Narrow(whole.GetLower(), whole.GetUpper()).StoreAlignedNonTemporal(target);
            return;
        }
        for (var index = 0; index < Vector<float>.Count; index++)
            target[index] = (ushort)rounded[index];
    }
}
