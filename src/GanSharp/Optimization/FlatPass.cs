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
        Span<Vector<float>> Vectors(Tensor buffer) => MemoryMarshal.Cast<float, Vector<float>>(slice.Span(buffer, start, count));
        Span<Vector<float>> Slot(int index) => index < TRule.Slots ? Vectors(slice.Slots[index]) : [];
        var values = Vectors(slice.Values);
        var gradients = Vectors(slice.Gradients);
        var first = Slot(0);
        var second = Slot(1);
        var third = Slot(2);
        var (shrink, l2Penalty, sign) = (new Vector<float>(gradientRule.Shrink), new Vector<float>(gradientRule.L2Penalty), new Vector<float>(gradientRule.Sign));
        Vector<float> a = default, b = default, c = default;
        for (var index = 0; index < values.Length; index++)
        {
            var value = values[index];
            var gradient = Vector.MultiplyAddEstimate(value, l2Penalty, gradients[index] * sign);
            value *= shrink;
            if (TRule.Slots > 0)
                a = first[index];
            if (TRule.Slots > 1)
                b = second[index];
            if (TRule.Slots > 2)
                c = third[index];
            rule.Apply(ref value, gradient, ref a, ref b, ref c);
            if (TRule.Slots > 0)
                first[index] = a;
            if (TRule.Slots > 1)
                second[index] = b;
            if (TRule.Slots > 2)
                third[index] = c;
            values[index] = value;
            gradients[index] = Vector<float>.Zero;
        }
    }
}
