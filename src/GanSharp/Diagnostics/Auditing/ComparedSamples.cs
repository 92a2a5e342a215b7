using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>Equally many real and generated samples.</summary>
/// <param name="Real">The real ones.</param>
/// <param name="Fake">The generated ones.</param>
/// <param name="Labels">Of the real ones; D is given them with both.</param>
/// <param name="ArePairs">Whether G was asked for the labels of the real samples in the same places, so that the sides aren't independent.</param>
internal readonly record struct ComparedSamples(Tensor Real, Tensor Fake, Tensor? Labels, bool ArePairs)
{
    /// <summary>A discriminator's logits for both sides, in evaluation mode and without gradients.</summary>
    public (Tensor Real, Tensor Fake) Logits(DiscriminatorNetwork discriminator) =>
        (discriminator.Logits(Real, Labels), discriminator.Logits(Fake, Labels));
}
