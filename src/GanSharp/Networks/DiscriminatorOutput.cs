using static TorchSharp.torch;

namespace GanSharp.Networks;

/// <summary>
/// A discriminator's output for samples. A network that computes only logits returns the tensor, which converts automatically.
/// </summary>
/// <param name="Logits">Float tensor of shape [N / <see cref="DiscriminatorNetwork.SamplesPerLogit"/>]: estimates of ln p_d/p_g, not probabilities.</param>
/// <param name="ClassLogits">Float tensor of shape [N, classes], the unnormalized log probabilities of an auxiliary classifier (AC-GAN, Odena et al. 2017); null for none.</param>
/// <param name="Features">Float tensor of shape [N, …], an inner layer for losses such as feature matching (Salimans et al. 2016); null for none.</param>
public sealed record DiscriminatorOutput(Tensor Logits, Tensor? ClassLogits = null, Tensor? Features = null)
{
    /// <summary>Float tensor of shape [N, codes]: continuous codes as D reads them from the samples (InfoGAN, Chen et al. 2016); null (the default) for none.</summary>
    public Tensor? Codes { get; init; }

    /// <summary>An output with logits only.</summary>
    /// <param name="logits">Shape [N / SamplesPerLogit].</param>
    public static implicit operator DiscriminatorOutput(Tensor logits) => FromTensor(logits);

    /// <summary>An output with logits only.</summary>
    /// <param name="logits">Shape [N / SamplesPerLogit].</param>
    /// <returns>What a tensor of logits converts to: neither class logits nor features nor codes.</returns>
    public static DiscriminatorOutput FromTensor(Tensor logits) => new(logits);

    /// <summary>The same output without its graph.</summary>
    /// <returns>Tensors of the same shapes that share their values with this one's.</returns>
    public DiscriminatorOutput Detach() => Map(part => part.detach());

    /// <summary>The part that belongs to the samples from <paramref name="start"/> on.</summary>
    /// <param name="start">First sample, a multiple of <paramref name="samplesPerLogit"/>.</param>
    /// <param name="count">Number of samples, likewise.</param>
    /// <param name="samplesPerLogit">How many samples one logit judges.</param>
    internal DiscriminatorOutput Narrow(long start, long count, int samplesPerLogit = 1) => new(
        Logits.narrow(0, start / samplesPerLogit, count / samplesPerLogit), ClassLogits?.narrow(0, start, count), Features?.narrow(0, start, count))
    {
        Codes = Codes?.narrow(0, start, count),
    };

    /// <summary>Applies a function to each part.</summary>
    internal DiscriminatorOutput Map(Func<Tensor, Tensor> convert) =>
        new(convert(Logits), ClassLogits is null ? null : convert(ClassLogits), Features is null ? null : convert(Features)) { Codes = Codes is null ? null : convert(Codes) };

    /// <summary>Concatenates the outputs of successive samples.</summary>
    internal static DiscriminatorOutput Concatenate(IList<DiscriminatorOutput> outputs)
    {
        Tensor? Joined(Func<DiscriminatorOutput, Tensor?> part) => part(outputs[0]) is null ? null : cat([.. outputs.Select(output => part(output)!)]);
        return new DiscriminatorOutput(Joined(output => output.Logits)!, Joined(output => output.ClassLogits), Joined(output => output.Features)) { Codes = Joined(output => output.Codes) };
    }
}
