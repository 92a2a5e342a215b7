using GanSharp.Augmentations;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>Every other image is mirrored, the simplest differentiable augmentation (Zhao et al. 2020).</summary>
public sealed class RandomFlip : Augmentation
{
    public override Tensor Apply(Tensor samples, Generator random)
    {
        var isFlipped = rand(samples.shape[0], generator: random, device: samples.device).lt(0.5).view(-1, 1, 1, 1);
        return where(isFlipped, samples.flip(3), samples);
    }
}
