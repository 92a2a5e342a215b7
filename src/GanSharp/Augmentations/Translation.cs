using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// The policy "translation" of DiffAugment (Zhao et al. 2020): moves each image by a whole number of pixels, uniform in ± the share of its height and of its width, rounded to the nearest pixel.
/// What comes in at the border is zero, the gray of images in [−1, 1], or with <see cref="Reflects"/> the image's own reflection, as in ADA (Karras et al. 2020).
/// </summary>
/// <param name="share">Largest move as a share of the side, from 0 to 1. Default 1/8, as in both papers.</param>
/// <param name="reflects">Whether the border shows the image's reflection. Default false, as in DiffAugment.</param>
public sealed class Translation(double share = 0.125, bool reflects = false) : Augmentation
{
    /// <summary>Largest move as a share of the side, from 0 to 1.</summary>
    public double Share { get; } = ImageCheck.Share(share, nameof(share));

    /// <summary>Whether the border shows the image's reflection instead of zeros.</summary>
    public bool Reflects { get; } = reflects;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        var rows = Moves(samples, 2, random);
        return Moved(Moved(samples, 2, rows), 3, Moves(samples, 3, random));
    }

    private Tensor Moves(Tensor samples, int dimension, Generator random)
    {
        var furthest = (long)(samples.shape[dimension] * Share + 0.5);
        return Draw.Integer(samples, -furthest, furthest + 1, random);
    }

    private Tensor Moved(Tensor samples, int dimension, Tensor moves)
    {
        var size = samples.shape[dimension];
        long[] along = [1, 1, 1, 1];
        along[dimension] = size;
        var source = arange(size, ScalarType.Int64, samples.device).view(along) + moves;
        var inside = Reflects ? Reflection.Of(source, size) : source.clamp(0, size - 1);
        var moved = samples.gather(dimension, inside.expand(samples.shape));
        return Reflects ? moved : moved.masked_fill(source.ne(inside), 0);
    }
}
