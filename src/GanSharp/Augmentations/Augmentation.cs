using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// A random change of samples that stands between them and D, for real and generated ones alike, so that a small data set can't be learned by heart and the
/// change itself is not learned by G (Zhao et al. 2020; Karras et al. 2020). Subclass it; one that keeps a state implements <see cref="Tensors.IStateful"/>,
/// and checkpoints then hold it.
/// </summary>
public abstract class Augmentation
{
    /// <summary>Changes samples at random.</summary>
    /// <param name="samples">Float tensor of shape [N, …].</param>
    /// <param name="random">Where every draw comes from, on the samples' device: a stream of its own, so that a resumed run draws the same.</param>
    /// <returns>Tensor of the same shape, differentiable in the samples.</returns>
    public abstract Tensor Apply(Tensor samples, Generator random);

    /// <summary>Is told what D said of real samples after each of its steps, for an augmentation that adapts (ADA). Default: nothing.</summary>
    /// <param name="real">D's output on the augmented real samples, without gradient. Reading a value out of it makes the step wait for the device.</param>
    public virtual void Observe(DiscriminatorOutput real)
    {
    }
}
