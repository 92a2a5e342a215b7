using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// The policy "color" of DiffAugment (Zhao et al. 2020), each strength drawn for each image: brightness, x + b with b uniform in ±<see cref="Brightness"/>; then saturation,
/// m + (x − m) s about the mean m of each pixel's channels, with s uniform in 1 ± <see cref="Saturation"/>; then contrast, m + (x − m) c about the mean m of the whole image, with c uniform
/// in 1 ± <see cref="Contrast"/>. Images in [−1, 1] may leave that range, as in the authors' code: clamping would cut gradients off. Saturation changes nothing in images of one channel.
/// </summary>
/// <param name="brightness">Largest change of every pixel, at least 0. Default 0.5, the authors'.</param>
/// <param name="saturation">Largest change of the factor of saturation, at least 0. Default 1, the authors'.</param>
/// <param name="contrast">Largest change of the factor of contrast, at least 0. Default 0.5, the authors'.</param>
public sealed class ColorJitter(double brightness = 0.5, double saturation = 1, double contrast = 0.5) : Augmentation
{
    /// <summary>Largest change of every pixel.</summary>
    public double Brightness { get; } = ImageCheck.Extent(brightness, nameof(brightness));

    /// <summary>Largest change of the factor of saturation.</summary>
    public double Saturation { get; } = ImageCheck.Extent(saturation, nameof(saturation));

    /// <summary>Largest change of the factor of contrast.</summary>
    public double Contrast { get; } = ImageCheck.Extent(contrast, nameof(contrast));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        Tensor Within(double extent) => (Draw.Uniform(samples, random) - 0.5) * (2 * extent);
        var (change, saturated, contrasted) = (Within(Brightness), Within(Saturation) + 1, Within(Contrast) + 1);
        var bright = samples + change;
        return Scaled(samples.shape[1] == 1 ? bright : Scaled(bright, [1], saturated), [1, 2, 3], contrasted);
    }

    private static Tensor Scaled(Tensor images, long[] over, Tensor factor)
    {
        var mean = images.mean(over, keepdim: true);
        return (images - mean) * factor + mean;
    }
}
