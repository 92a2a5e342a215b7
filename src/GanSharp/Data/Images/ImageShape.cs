using GanSharp.Tensors;

namespace GanSharp.Data.Images;

/// <summary>Shape of an image in a tensor, channels first.</summary>
/// <param name="Channels">1 (gray), 3 (color) or 4 (color with alpha); more in packs.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    // 0 for one that isn't packed, so that the default value of the structure has it too.
    private readonly int packedSamples;

    private ImageShape(int channels, int height, int width, int packedSamples)
        : this(channels, height, width) => this.packedSamples = packedSamples;

    /// <summary>The shape of a data set's images, for the networks that learn from it.</summary>
    /// <param name="images">Data whose samples are images, channels first: <see cref="ImageFolder"/>, <see cref="IdxDataset"/> or your own.</param>
    /// <returns>Channels, height and width of its <see cref="Dataset.SampleShape"/>.</returns>
    /// <exception cref="ArgumentException">The samples don't have three dimensions.</exception>
    public static ImageShape Of(Dataset images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.SampleShape is [var channels, var height, var width]
            ? new ImageShape(checked((int)channels), checked((int)height), checked((int)width))
            : throw new ArgumentException($"images must hold samples of shape [channels, height, width] but '{images.Name}' has samples of shape {Shape.Format(images.SampleShape)}.", nameof(images));
    }

    /// <summary>Number of values in one image.</summary>
    public int Size => Channels * Height * Width;

    /// <summary>"1 × 28 × 28".</summary>
    public override string ToString() => $"{Channels} × {Height} × {Width}";

    /// <summary>The shape of several images behind one another along the channels: what a discriminator of packs is given (PacGAN, Lin et al. 2018).</summary>
    /// <param name="samples">Images in a pack, at least 1.</param>
    /// <returns>As many times the channels, at the same height and width.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 1.</exception>
    public ImageShape Packed(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new ImageShape(Channels * samples, Height, Width, Math.Max(1, packedSamples) * samples);
    }

    internal void ThrowIfUnsupported(string parameterName)
    {
        if (Channels / Math.Max(1, packedSamples) is not (1 or 3 or 4))
            throw new ArgumentException($"{parameterName}: an image must have 1, 3 or 4 channels but {this} has {Channels}.", parameterName);
        if (Height < 4 || Width < 4 || Height % 4 != 0 || Width % 4 != 0)
            throw new ArgumentException($"{parameterName}: height and width must be positive multiples of 4 but the image is {this}.", parameterName);
    }
}
