using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// Mirrors each image left to right with probability 1/2 (x-flips of Karras et al. 2020). It suits data whose mirror images are as likely as the images: then D's ratio stays exact. For
/// other data (text, a face's parting) G learns the mirror images too, because half the real images are flipped; inside <see cref="AdaptiveAugmentation"/> with p below 1 it doesn't.
/// </summary>
public sealed class HorizontalFlip : Augmentation
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        return where(Draw.Uniform(samples, random).lt(0.5), samples.flip(3), samples);
    }
}
