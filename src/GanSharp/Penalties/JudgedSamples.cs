using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>One side of a discriminator's pass.</summary>
/// <param name="Samples">The samples, shape [N, …], before any augmentation; a leaf that requires gradient where a penalty asks for it.</param>
/// <param name="Output">What D said, with its graph.</param>
/// <param name="Labels">Classes of the samples, int64 of shape [N]; null for none.</param>
public sealed record JudgedSamples(Tensor Samples, DiscriminatorOutput Output, Tensor? Labels)
{
    /// <summary>D's logits, shape [N / samples per logit].</summary>
    public Tensor Logits => Output.Logits;
}
