using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>A term that the trainer adds to D's loss. Penalties are objects in a list; each is one small subclass.</summary>
public abstract class Penalty
{
    /// <summary>Whether the penalty differentiates the logits of real samples with respect to the samples. Default false.</summary>
    public virtual bool NeedsRealGradient => false;

    /// <summary>Whether the penalty differentiates the logits of generated samples with respect to the samples. Default false.</summary>
    public virtual bool NeedsFakeGradient => false;

    /// <summary>The penalty of one pass.</summary>
    /// <param name="pass">What D judged and said.</param>
    /// <returns>Per-sample penalties, shape [N], differentiable in D's parameters; the trainer takes the mean.</returns>
    public abstract Tensor Evaluate(DiscriminatorPass pass);
}
