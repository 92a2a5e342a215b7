using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// The policy "cutout" of DiffAugment (Zhao et al. 2020; DeVries and Taylor 2017): sets a rectangle of each image to zero, the gray of images in [−1, 1]. Its center is uniform over the image,
/// so that a part of it may lie outside.
/// </summary>
/// <param name="share">Sides of the rectangle as shares of the image's, from 0 to 1. Default 1/2, the authors'.</param>
public sealed class Cutout(double share = 0.5) : Augmentation
{
    /// <summary>Sides of the rectangle as shares of the image's, from 0 to 1.</summary>
    public double Share { get; } = ImageCheck.Share(share, nameof(share));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        var rows = Covered(samples, 2, random);
        return samples.masked_fill(rows.logical_and(Covered(samples, 3, random)), 0);
    }

    private Tensor Covered(Tensor samples, int dimension, Generator random)
    {
        var side = samples.shape[dimension];
        var size = (long)(side * Share + 0.5);
        // An even rectangle has no middle pixel, so one more place for its center lets it stand at both borders alike.
        var first = Draw.Integer(samples, 0, side + (1 - size % 2), random) - size / 2;
        long[] along = [1, 1, 1, 1];
        along[dimension] = side;
        var pixels = arange(side, ScalarType.Int64, samples.device).view(along);
        return pixels.ge(first).logical_and(pixels.lt(first + size));
    }
}
