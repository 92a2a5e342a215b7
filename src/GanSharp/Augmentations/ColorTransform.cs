using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// The color transforms of ADA (Karras et al. 2020, appendix B) on images in [−1, 1]: brightness, x + N(0, σ²); contrast, x · 2^N(0, σ²); luma flip, which replaces each pixel's mean over its
/// channels by its negative with probability 1/2; a rotation of the hue by a uniform angle about the gray axis; and saturation, which scales each pixel's difference from its mean by 2^N(0, σ²).
/// </summary>
/// <remarks>
/// <para>Given a probability p (<see cref="AdaptiveAugmentation"/>), each of the five is applied to each image with it. The authors write them as 4 × 4 matrices; here their product is written out: with m the mean
/// over a pixel's channels, d = x − m, f = ±1 and R the rotation, x becomes c f (m + b) + c s R d. Images of one channel have only brightness, contrast and luma flip, as with the authors; hue needs three channels.</para>
/// <para><see cref="ColorJitter"/> is DiffAugment's: uniform strengths, and contrast about the image's mean.</para>
/// </remarks>
/// <param name="brightness">Deviation of the brightness, at least 0. Default 0.2, the authors'.</param>
/// <param name="contrast">Deviation of log2 of the contrast, at least 0. Default 0.5, the authors'.</param>
/// <param name="lumaFlip">Whether there are luma flips. Default true.</param>
/// <param name="hue">Largest angle as a share of a half turn, from 0 to 1. Default 1: any, the authors'.</param>
/// <param name="saturation">Deviation of log2 of the saturation, at least 0. Default 1, the authors'.</param>
public sealed class ColorTransform(double brightness = 0.2, double contrast = 0.5, bool lumaFlip = true, double hue = 1, double saturation = 1) : Augmentation
{
    /// <summary>Deviation of the brightness.</summary>
    public double Brightness { get; } = ImageCheck.Extent(brightness, nameof(brightness));

    /// <summary>Deviation of log2 of the contrast.</summary>
    public double Contrast { get; } = ImageCheck.Extent(contrast, nameof(contrast));

    /// <summary>Whether there are luma flips.</summary>
    public bool LumaFlip { get; } = lumaFlip;

    /// <summary>Largest angle of the hue as a share of a half turn, from 0 to 1.</summary>
    public double Hue { get; } = ImageCheck.Share(hue, nameof(hue));

    /// <summary>Deviation of log2 of the saturation.</summary>
    public double Saturation { get; } = ImageCheck.Extent(saturation, nameof(saturation));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random) => Transform(samples, random, null);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken, Tensor probability)
    {
        ArgumentNullException.ThrowIfNull(probability);
        return Transform(samples, random, probability);
    }

    private Tensor Transform(Tensor samples, Generator random, Tensor? probability)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        Tensor Gated(Tensor parameter, double neutral) => Draw.Gated(parameter, neutral, samples, probability, random);
        var change = Gated(Draw.Normal(samples, random) * Brightness, 0);
        var factor = Gated(exp2(Draw.Normal(samples, random) * Contrast), 1);
        var luma = LumaFlip ? factor * Gated(1 - 2 * Draw.Integer(samples, 0, 2, random).to(samples.dtype), 1) : factor;
        if (samples.shape[1] == 1)
            return (samples + change) * luma;
        var mean = samples.mean([1], keepdim: true);
        var difference = samples - mean;
        var turned = difference;
        if (samples.shape[1] == 3)
        {
            var angle = Gated((Draw.Uniform(samples, random) * 2 - 1) * (Math.PI * Hue), 0);
            // About the gray axis, to which the difference is perpendicular: d cos θ + (v × d) sin θ, with v = (1, 1, 1)/√3.
            turned = difference * angle.cos() + (difference.roll(1, 1) - difference.roll(-1, 1)) * (angle.sin() / Math.Sqrt(3));
        }
        var scaled = turned * (factor * Gated(exp2(Draw.Normal(samples, random) * Saturation), 1));
        // What changes is added, so that an image that no transform hits stays as it is, bit for bit.
        return samples + (mean * (luma - 1) + change * luma) + (scaled - difference);
    }
}
