using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// The general geometric transforms of ADA (Karras et al. 2020, appendix B): scaling by 2^N(0, σ²), a rotation by a uniform angle, scaling that makes the image wider by 2^N(0, σ²) and lower by as much,
/// another rotation, and a move by N(0, σ²) of the side. They are composed first, so that the image is sampled once; what comes in at the border is its reflection.
/// </summary>
/// <remarks>
/// <para>Given a probability p (<see cref="AdaptiveAugmentation"/>), each transform is applied to each image with it, and each rotation with 1 − √(1 − p), so that an image stays unrotated with 1 − p. Without one
/// (<see cref="Augmentation.Apply(Tensor, Generator)"/>) all are applied to every image, and G learns the rotations.</para>
/// <para>It differs from the paper in the filter: the authors sample bilinearly an image that they enlarge by two and shrink again with a wavelet's low-pass filter (sym6); here it is
/// sampled bilinearly as it is, so that images which are shrunk by much more than two show aliasing. An image that no transform hits stays as it is, bit for bit.</para>
/// <para>It is made of <c>gather</c>: libtorch's <c>grid_sample</c> has no second derivative, which R1 needs.</para>
/// </remarks>
/// <param name="scale">Deviation of log2 of the scale, at least 0. Default 0.2, the authors'.</param>
/// <param name="rotation">Largest angle as a share of a half turn, from 0 to 1. Default 1: any angle, the authors'.</param>
/// <param name="anisotropy">Deviation of log2 of the scale that widens, at least 0. Default 0.2, the authors'.</param>
/// <param name="translation">Deviation of the move as a share of the side, at least 0. Default 1/8, the authors'.</param>
public sealed class AffineWarp(double scale = 0.2, double rotation = 1, double anisotropy = 0.2, double translation = 0.125) : Augmentation
{
    /// <summary>Deviation of log2 of the scale.</summary>
    public double Scale { get; } = ImageCheck.Extent(scale, nameof(scale));

    /// <summary>Largest angle as a share of a half turn, from 0 to 1.</summary>
    public double Rotation { get; } = ImageCheck.Share(rotation, nameof(rotation));

    /// <summary>Deviation of log2 of the scale that widens.</summary>
    public double Anisotropy { get; } = ImageCheck.Extent(anisotropy, nameof(anisotropy));

    /// <summary>Deviation of the move as a share of the side.</summary>
    public double Translation { get; } = ImageCheck.Extent(translation, nameof(translation));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random) => Warp(samples, random, null);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken, Tensor probability)
    {
        ArgumentNullException.ThrowIfNull(probability);
        return Warp(samples, random, probability);
    }

    private Tensor Warp(Tensor samples, Generator random, Tensor? probability)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        // Half precision can't tell the columns of an image that is wider than 256 pixels from each other.
        if (samples.dtype is ScalarType.Float16 or ScalarType.BFloat16)
            return Warp(samples.to(ScalarType.Float32), random, probability).to(samples.dtype);
        var probabilityOfEach = probability is null ? null : 1 - (1 - probability).sqrt();
        Tensor Angle() => Draw.Gated((Draw.Uniform(samples, random) * 2 - 1) * (Math.PI * Rotation), 0, samples, probabilityOfEach, random);
        Tensor Normal(double deviation) => Draw.Gated(Draw.Normal(samples, random) * deviation, 0, samples, probability, random);
        var size = exp2(Normal(Scale));
        var before = Angle();
        var wider = exp2(Normal(Anisotropy));
        var after = Angle();
        var (moveX, moveY) = (Draw.Normal(samples, random) * Translation, Draw.Normal(samples, random) * Translation);
        if (probability is not null)
        {
            var moves = Draw.Chance(samples, probability, random);
            (moveX, moveY) = (moveX * moves, moveY * moves);
        }
        // Where each pixel of the result comes from, so each transform backwards, the last one first, about the image's center.
        var (height, width) = (samples.shape[2], samples.shape[3]);
        Tensor Centered(long count, long[] shape) => (arange(count, samples.dtype, samples.device) - (count - 1) / 2.0).view(shape);
        var (x, y) = Turned(Centered(width, [1, 1, 1, width]) - moveX * width, Centered(height, [1, 1, height, 1]) - moveY * height, after);
        (x, y) = Turned(x / wider, y * wider, before);
        return BilinearSampling.At(samples, x / size + (width - 1) / 2.0, y / size + (height - 1) / 2.0);
    }

    private static (Tensor X, Tensor Y) Turned(Tensor x, Tensor y, Tensor angle)
    {
        var (cosine, sine) = (angle.cos(), angle.sin());
        return (x * cosine + y * sine, y * cosine - x * sine);
    }
}
