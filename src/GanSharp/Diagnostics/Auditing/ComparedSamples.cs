using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>As many real as generated samples, with the labels that both have.</summary>
internal readonly record struct ComparedSamples(Tensor Real, Tensor Fake, Tensor? Labels)
{
    /// <summary>What a discriminator says of either side, in evaluation mode and without gradients.</summary>
    public (Tensor Real, Tensor Fake) Logits(DiscriminatorNetwork discriminator) =>
        (discriminator.Logits(Real, Labels), discriminator.Logits(Fake, Labels));
}
