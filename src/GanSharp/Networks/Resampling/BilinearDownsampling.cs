namespace GanSharp.Networks.Resampling;

/// <summary>
/// Halves the sides of an image: each new value is a mean of the nearest 4 × 4 with the weights (1, 3, 3, 1)/8 along both axes, the adjoint of <see cref="BilinearUpsampling"/>. Unlike a mean
/// of 2 × 2 it lets few high frequencies through as low ones. Beyond the border are zeros, as in StyleGAN2 and R3GAN (Karras et al. 2020, Huang et al. 2024).
/// </summary>
public sealed class BilinearDownsampling : BilinearResampling
{
    /// <summary>For images of one size.</summary>
    /// <param name="height">Rows of the input, an even number.</param>
    /// <param name="width">Columns of the input, an even number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> or <paramref name="width"/> isn't even and at least 2.</exception>
    public BilinearDownsampling(int height, int width)
        : base(nameof(BilinearDownsampling), ResamplingMatrix.Halving(Even(height, nameof(height))), ResamplingMatrix.Halving(Even(width, nameof(width))))
    {
    }

    private static int Even(int side, string name) => side >= 2 && side % 2 == 0 ? side
        : throw new ArgumentOutOfRangeException(name, side, $"{name} must be even and at least 2.");
}
