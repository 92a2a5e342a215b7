using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>A norm that can be differentiated everywhere.</summary>
internal static class SafeNorm
{
    /// <summary>√s, with derivative 0 at 0, where that of sqrt is infinite and makes a gradient of 0 · ∞ = NaN.</summary>
    /// <param name="squares">Sums of squares, any shape.</param>
    public static Tensor OfSquares(Tensor squares)
    {
        var isZero = squares.eq(0);
        return squares.masked_fill(isZero, 1).sqrt().masked_fill(isZero, 0);
    }
}
