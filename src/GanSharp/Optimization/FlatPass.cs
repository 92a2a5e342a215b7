using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// One pass over a network's flat buffers: reads each value, gradient and slot once, and writes each value and slot once.
/// Every value is computed by itself and in the same way wherever it lies, so the result is the same bit for bit for any number of threads.
/// </summary>
internal static unsafe class FlatPass
{
    /// <summary>Below this a second thread costs more than it saves.</summary>
    public const int FewestValuesAThread = 16_000;

    /// <summary>Applies <paramref name="rule"/> to a slice.</summary>
    public static void Run<TRule>(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
    {
        var values = First(slice.Values);
        var first = TRule.Slots > 0 ? First(slice.Slots[0]) : values;
        var second = TRule.Slots > 1 ? First(slice.Slots[1]) : values;
        var third = TRule.Slots > 2 ? First(slice.Slots[2]) : values;
        OverPieces(slice.Pieces, slice.Length, index =>
        {
            var piece = slice.Pieces[index];
            Run(values + piece.Start, gradients.Source(piece), first + piece.Start, second + piece.Start, third + piece.Start, piece.Count, gradientRule, rule);
        });
    }

    /// <summary>Sum of the squares of all values of the pieces: finite where each value is, unless one exceeds 1e19.</summary>
    /// <param name="pieces">Which values.</param>
    /// <param name="source">Where a piece's are.</param>
    public static double SumOfSquares(FlatPiece[] pieces, Func<FlatPiece, VectorSource> source)
    {
        var sums = new double[pieces.Length];
        OverPieces(pieces, pieces.Sum(piece => (long)piece.Count), index => sums[index] = SumOfSquares(source(pieces[index]), pieces[index].Count));
        return sums.Sum();
    }

    private static void OverPieces(FlatPiece[] pieces, long values, Action<int> work)
    {
        var threads = (int)Math.Clamp(values / FewestValuesAThread, 1, Math.Min(pieces.Length, get_num_threads()));
        if (threads > 1)
        {
            TorchThreads.Run(pieces.Length, threads, work);
            return;
        }
        for (var index = 0; index < pieces.Length; index++)
            work(index);
    }

    // Compiled at its best from the first step on: by the usual tiers, steps would be two to four times slower for the first seconds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRule>(float* values, VectorSource gradients, float* first, float* second, float* third, int count, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
    {
        var (shrink, l2Penalty, factor) = (new Vector<float>(gradientRule.Shrink), new Vector<float>(gradientRule.L2Penalty), new Vector<float>(gradientRule.Factor));
        var width = Vector<float>.Count;
        // Values and slots are padded to whole vectors; a gradient ends where it ends.
        for (nuint index = 0; index < (nuint)count; index += (nuint)width)
        {
            var given = (int)index + width <= count ? gradients.Load(index) : gradients.LoadPart(index, count - (int)index);
            var value = Vector.Load(values + index);
            var gradient = Vector.MultiplyAddEstimate(value, l2Penalty, given * factor);
            rule.Apply(value * shrink, gradient, ref first[index], ref second[index], ref third[index]).Store(values + index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(VectorSource values, int count)
    {
        // Several short sums: they don't wait for each other, and lose less to rounding than one long one.
        const int ValuesASum = 4_096;
        var (width, total) = (Vector<float>.Count, 0.0);
        for (var start = 0; start < count; start += ValuesASum)
        {
            var (end, index) = (Math.Min(count, start + ValuesASum), start);
            var (sum, other) = (Vector<float>.Zero, Vector<float>.Zero);
            for (; index + 2 * width <= end; index += 2 * width)
            {
                var (value, next) = (values.Load((nuint)index), values.Load((nuint)(index + width)));
                sum = Vector.MultiplyAddEstimate(value, value, sum);
                other = Vector.MultiplyAddEstimate(next, next, other);
            }
            for (; index < end; index += width)
            {
                var value = values.LoadPart((nuint)index, Math.Min(width, end - index));
                sum = Vector.MultiplyAddEstimate(value, value, sum);
            }
            total += Vector.Sum(sum + other);
        }
        return total;
    }

    private static float* First(Tensor buffer) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.bytes));
}
