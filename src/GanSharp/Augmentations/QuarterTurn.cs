using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// Turns each image by 0°, 90°, 180° or 270°, all as likely (Karras et al. 2020). Images that aren't square are turned by 0° or 180°. G learns the turns unless some images keep their direction: use it
/// inside <see cref="AdaptiveAugmentation"/> or <see cref="ScheduledAugmentation"/> with a probability below 1.
/// </summary>
public sealed class QuarterTurn : Augmentation
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples aren't images of shape [N, C, H, W].</exception>
    public override Tensor Apply(Tensor samples, Generator random)
    {
        ImageCheck.ThrowIfNotImages(samples, this);
        var turns = Draw.Integer(samples, 0, 4, random);
        var turned = samples.shape[2] == samples.shape[3] ? where(turns.remainder(2).eq(1), samples.transpose(2, 3).flip(2), samples) : samples;
        return where(turns.ge(2), turned.flip(2, 3), turned);
    }
}
