using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// One pass over a network's flat buffers: reads each value, gradient and slot once, writes each once, and leaves zero gradients.
/// Every value is computed by itself and in the same way wherever it lies, so the result is the same bit for bit for any number of threads.
/// </summary>
internal static class FlatPass
{
    // Below this a second thread costs more than it saves.
    private const int FewestValuesAThread = 16_000;
    // What a thread takes at a time: few enough that all finish together, enough that taking it costs nothing.
    private const int MostValuesAPiece = 64 * 1_024;

    /// <summary>Applies <paramref name="rule"/> to a slice.</summary>
    public static void Run<TRule>(FlatSlice slice, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
    {
        var length = (int)slice.Length;
        var threads = Math.Clamp(length / FewestValuesAThread, 1, get_num_threads());
        if (threads == 1)
        {
            Run(slice, 0, length, gradientRule, rule);
            return;
        }
        var pieces = Math.Max(threads, (length + MostValuesAPiece - 1) / MostValuesAPiece);
        var size = (length / pieces + FlatParameters.Alignment) / FlatParameters.Alignment * FlatParameters.Alignment;
        TorchThreads.Run(pieces, threads, piece => Run(slice, piece * size, Math.Min(size, length - piece * size), gradientRule, rule));
    }

    // Compiled at its best from the first step on: by the usual tiers, steps would be two to four times slower for the first seconds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRule>(FlatSlice slice, int start, int count, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
    {
        // A slice is a whole number of vectors of any width (FlatParameters aligns and pads), so there is no rest to treat apart.
        ref var values = ref First(slice, slice.Values, start, count);
        ref var gradients = ref First(slice, slice.Gradients, start, count);
        ref var first = ref TRule.Slots > 0 ? ref First(slice, slice.Slots[0], start, count) : ref values;
        ref var second = ref TRule.Slots > 1 ? ref First(slice, slice.Slots[1], start, count) : ref values;
        ref var third = ref TRule.Slots > 2 ? ref First(slice, slice.Slots[2], start, count) : ref values;
        var (shrink, l2Penalty, sign) = (new Vector<float>(gradientRule.Shrink), new Vector<float>(gradientRule.L2Penalty), new Vector<float>(gradientRule.Sign));
        for (nuint index = 0; index < (nuint)count; index += (nuint)Vector<float>.Count)
        {
            var value = Vector.LoadUnsafe(ref values, index);
            var gradient = Vector.MultiplyAddEstimate(value, l2Penalty, Vector.LoadUnsafe(ref gradients, index) * sign);
            rule.Apply(value * shrink, gradient, ref Unsafe.Add(ref first, index), ref Unsafe.Add(ref second, index), ref Unsafe.Add(ref third, index))
                .StoreUnsafe(ref values, index);
            Vector<float>.Zero.StoreUnsafe(ref gradients, index);
        }
    }

    private static ref float First(FlatSlice slice, Tensor buffer, int start, int count) => ref MemoryMarshal.GetReference(slice.Span(buffer, start, count));
}
