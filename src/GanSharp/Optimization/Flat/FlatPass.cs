using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Optimization.Flat;

/// <summary>
/// One pass over a network's flat buffers: reads each value, gradient and slot once, and writes each value, its rounded copy where there is one, and slot once.
/// One thread does it: two saved less than 2% of the time of a step (docs/performance.md).
/// </summary>
internal static unsafe class FlatPass
{
    /// <summary>Applies <paramref name="rule"/> to a slice.</summary>
    /// <returns>The sum of the squares of what the values became.</returns>
    public static double Run<TRule>(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
    {
        var values = Pointer(slice.Values);
        var first = TRule.Slots > 0 ? Pointer(slice.Slots[0]) : values;
        var second = TRule.Slots > 1 ? Pointer(slice.Slots[1]) : values;
        var third = TRule.Slots > 2 ? Pointer(slice.Slots[2]) : values;
        var rounded = slice.Rounded is { } copy ? (ushort*)Pointer(copy) : null;
        // Pieces start at multiples of the alignment, so where the buffers are aligned every vector is.
        var isAligned = IsAligned((nint)values) && IsAligned((nint)rounded);
        var sum = slice.Pieces.Sum(piece =>
        {
            double Read<TReader>(TReader reader)
                where TReader : struct, IVectorReader =>
                Run(
                    values + piece.Start, isAligned, reader, first + piece.Start, second + piece.Start, third + piece.Start, rounded == null ? null : rounded + piece.Start,
                    piece.Count, gradientRule, rule);
            return gradients.Source(piece) switch
            {
                { Address: 0 } => Read(default(ZeroReader)),
                { IsBFloat16: true } source => Read(new BFloat16Reader(source.Address)),
                var source => Read(new Float32Reader(source.Address)),
            };
        });
        // Addresses don't keep their tensors alive.
        GC.KeepAlive(slice);
        GC.KeepAlive(gradients);
        return sum;
    }

    /// <summary>Sum of the squares of all values of the pieces: finite where each value is, unless one exceeds 1e19.</summary>
    /// <param name="pieces">Which values.</param>
    /// <param name="source">Where a piece's are.</param>
    public static double SumOfSquares(FlatPiece[] pieces, Func<FlatPiece, VectorSource> source) => pieces.Sum(piece => source(piece) switch
    {
        { Address: 0 } => 0,
        { IsBFloat16: true } given => SumOfSquares(new BFloat16Reader(given.Address), piece.Count),
        var given => SumOfSquares(new Float32Reader(given.Address), piece.Count),
    });

    // Fully optimized from the first call on: with tiered compilation, steps would be two to four times slower for the first seconds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Run<TRule, TReader>(
        float* values, bool isAligned, TReader gradients, float* first, float* second, float* third, ushort* rounded, int count, GradientRule gradientRule, TRule rule)
        where TRule : struct, IUpdateRule
        where TReader : struct, IVectorReader
    {
        var (shrink, l2Penalty, factor) = (new Vector<float>(gradientRule.Shrink), new Vector<float>(gradientRule.L2Penalty), new Vector<float>(gradientRule.Factor));
        var (width, index, squares) = ((nuint)Vector<float>.Count, (nuint)0, Vector<float>.Zero);
        for (; index + width <= (nuint)count; index += width)
        {
            var value = Vector.Load(values + index);
            var gradient = Vector.MultiplyAddEstimate(value, l2Penalty, gradients.Load(index) * factor);
            var moved = rule.Apply(value * shrink, gradient, ref first[index], ref second[index], ref third[index]);
            // Bypass the caches (non-temporal stores): all threads have read these values, so an ordinary store would have to invalidate the copy in each of their caches first.
            if (isAligned)
                moved.StoreAlignedNonTemporal(values + index);
            else
                moved.Store(values + index);
            if (rounded != null)
                BFloat16.Store(moved, rounded + index, isAligned);
            squares = Vector.MultiplyAddEstimate(moved, moved, squares);
        }
        var sum = (double)Vector.Sum(squares);
        if (index < (nuint)count)
        {
            // Values and slots are padded to whole vectors; a gradient ends where it ends.
            var rest = stackalloc float[Vector<float>.Count];
            Rest(gradients, index, (nuint)count).Store(rest);
            var place = rounded == null ? null : rounded + index;
            sum += Run(values + index, isAligned, new Float32Reader((nint)rest), first + index, second + index, third + index, place, Vector<float>.Count, gradientRule, rule);
        }
        if (Sse.IsSupported)
            Sse.StoreFence();
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares<TReader>(TReader values, int count)
        where TReader : struct, IVectorReader
    {
        // Several short sums: they don't wait for each other, and lose less to rounding than one long one.
        const nuint ValuesASum = 4_096;
        var (width, end, index, total) = ((nuint)Vector<float>.Count, (nuint)count, (nuint)0, 0.0);
        while (index + 4 * width <= end)
        {
            var (last, a, b, c, d) = (Math.Min(end, index + ValuesASum), Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (; index + 4 * width <= last; index += 4 * width)
            {
                a = AddSquare(a, values.Load(index));
                b = AddSquare(b, values.Load(index + width));
                c = AddSquare(c, values.Load(index + 2 * width));
                d = AddSquare(d, values.Load(index + 3 * width));
            }
            total += Vector.Sum(a + b + (c + d));
        }
        for (; index < end; index += width)
            total += Vector.Sum(AddSquare(Vector<float>.Zero, Rest(values, index, Math.Min(end, index + width))));
        return total;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector<float> AddSquare(Vector<float> sum, Vector<float> value) => Vector.MultiplyAddEstimate(value, value, sum);
    }

    /// <summary>The last values, fewer than a vector, with zeros behind them: nothing beyond the end is read.</summary>
    private static Vector<float> Rest<TReader>(TReader values, nuint index, nuint end)
        where TReader : struct, IVectorReader
    {
        Span<float> rest = stackalloc float[Vector<float>.Count];
        rest.Clear();
        for (var at = index; at < end; at++)
            rest[(int)(at - index)] = values.Single(at);
        return new Vector<float>(rest);
    }

    // libtorch's own allocator aligns to 64 bytes, but nothing promises that another one does.
    private static bool IsAligned(nint address) => address % (FlatParameters.Alignment * sizeof(float)) == 0;

    private static float* Pointer(Tensor buffer) => (float*)VectorSource.Of(buffer).Address;
}
