namespace GanSharp.Networks.Resampling;

/// <summary>
/// Doubles the sides of an image by bilinear interpolation: each new value is 9/16, 3/16, 3/16 and 1/16 of the nearest four. Beyond the border are zeros, as in StyleGAN2 and R3GAN
/// (Karras et al. 2020, Huang et al. 2024), so outermost values are darker than those of torch's interpolation, which repeats the border.
/// </summary>
public sealed class BilinearUpsampling : BilinearResampling
{
    /// <summary>For images of one size.</summary>
    /// <param name="height">Rows of the input, at least 1.</param>
    /// <param name="width">Columns of the input, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> or <paramref name="width"/> is below 1.</exception>
    public BilinearUpsampling(int height, int width)
        : base(nameof(BilinearUpsampling), ResamplingMatrix.Doubling(AtLeast1(height, nameof(height))), ResamplingMatrix.Doubling(AtLeast1(width, nameof(width))))
    {
    }

    private static int AtLeast1(int side, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, name);
        return side;
    }
}
