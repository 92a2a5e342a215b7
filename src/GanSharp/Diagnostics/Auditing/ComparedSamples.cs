using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>Equally many real and generated samples, with the same labels.</summary>
internal readonly record struct ComparedSamples(Tensor Real, Tensor Fake, Tensor? Labels)
{
    /// <summary>A discriminator's logits for both sides, in evaluation mode and without gradients.</summary>
    public (Tensor Real, Tensor Fake) Logits(DiscriminatorNetwork discriminator) =>
        (discriminator.Logits(Real, Labels), discriminator.Logits(Fake, Labels));
}
