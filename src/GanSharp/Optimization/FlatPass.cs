using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// One pass over a network's flat buffers: reads each value, gradient and slot once, writes each once, and leaves zero gradients.
/// Every value is computed by itself and in the same way wherever it lies, so the result is the same bit for bit for any number of threads.
/// </summary>
internal static class FlatPass
{
    // Below this a second thread costs more than it saves.
    private const int FewestValuesAThread = 50_000;

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
        var share = (length / threads + FlatParameters.Alignment - 1) / FlatParameters.Alignment * FlatParameters.Alignment;
        Parallel.For(0, threads, thread => Run(slice, thread * share, Math.Min(share, length - thread * share), gradientRule, rule));
    }

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
        Vector<float> a = default, b = default, c = default;
        for (nuint index = 0; index < (nuint)count; index += (nuint)Vector<float>.Count)
        {
            var value = Vector.LoadUnsafe(ref values, index);
            var gradient = Vector.MultiplyAddEstimate(value, l2Penalty, Vector.LoadUnsafe(ref gradients, index) * sign);
            value *= shrink;
            if (TRule.Slots > 0)
                a = Vector.LoadUnsafe(ref first, index);
            if (TRule.Slots > 1)
                b = Vector.LoadUnsafe(ref second, index);
            if (TRule.Slots > 2)
                c = Vector.LoadUnsafe(ref third, index);
            rule.Apply(ref value, gradient, ref a, ref b, ref c);
            if (TRule.Slots > 0)
                a.StoreUnsafe(ref first, index);
            if (TRule.Slots > 1)
                b.StoreUnsafe(ref second, index);
            if (TRule.Slots > 2)
                c.StoreUnsafe(ref third, index);
            value.StoreUnsafe(ref values, index);
            Vector<float>.Zero.StoreUnsafe(ref gradients, index);
        }
    }

    private static ref float First(FlatSlice slice, Tensor buffer, int start, int count) => ref MemoryMarshal.GetReference(slice.Span(buffer, start, count));
}
