using static TorchSharp.torch;

namespace GanSharp.Networks.Resampling;

/// <summary>The map of one axis that filters by taps and keeps every so many-th value, as a matrix.</summary>
internal static class ResamplingMatrix
{
    /// <summary>(1, 3, 3, 1)/8: the binomial filter (1, 2, 1)/4 and the mean of two neighbors in one. At twice the side it is bilinear interpolation.</summary>
    public static readonly double[] Bilinear = [0.125, 0.375, 0.375, 0.125];

    /// <summary>Values outside of the image count as 0.</summary>
    /// <param name="size">Values of the axis.</param>
    /// <param name="padding">Zeros in front of them and behind.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="gain">The taps add up to it.</param>
    /// <returns>Float32 matrix of shape [(size + 2 padding − 4)/stride + 1, size].</returns>
    public static Tensor Filter(long size, long padding, long stride, double gain = 1)
    {
        var results = (size + 2 * padding - Bilinear.Length) / stride + 1;
        var values = new float[results, size];
        for (var result = 0L; result < results; result++)
            for (var tap = 0; tap < Bilinear.Length; tap++)
                if (result * stride + tap - padding is >= 0 and var place && place < size)
                    values[result, place] = (float)(Bilinear[tap] * gain);
        return tensor(values);
    }

    /// <summary>Twice as many values, each 3/4 of the nearest and 1/4 of the next: the transpose of halving.</summary>
    /// <param name="size">Values of the axis.</param>
    /// <returns>Float32 matrix of shape [2 size, size].</returns>
    public static Tensor Doubling(long size)
    {
        using var scope = NewDisposeScope();
        return Filter(2 * size, padding: 1, stride: 2, gain: 2).t().contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Half as many values, each from the nearest four by the weights 1/8, 3/8, 3/8, 1/8.</summary>
    /// <param name="size">Values of the axis, an even number.</param>
    /// <returns>Float32 matrix of shape [size/2, size].</returns>
    public static Tensor Halving(long size) => Filter(size, padding: 1, stride: 2);
}
