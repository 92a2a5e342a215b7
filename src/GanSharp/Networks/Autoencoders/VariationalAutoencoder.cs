using GanSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Autoencoders;

/// <summary>
/// A variational autoencoder (Kingma and Welling 2014): an encoder q(z ∣ x), a likelihood p(x ∣ z), and a decoder, which is a generator like a GAN's. Once trained, the decoder
/// is sampled, measured and served like one.
/// </summary>
/// <remarks>
/// <c>AutoencoderTrainer</c> trains it, with reports and checkpoints. In a loop of your own, use a <c>Player</c>, in a DisposeScope for each step:
/// <code>
/// using var player = new Player(vae, new AdamOptions { LearningRate = 1e-3, Beta1 = 0.9 });
/// player.Descend(vae.call(samples, null).Loss());
/// </code>
/// </remarks>
public sealed class VariationalAutoencoder : Module<Tensor, Tensor?, EvidenceLowerBound>
{
    private readonly EncoderNetwork encoder;
    private readonly GeneratorNetwork decoder;
    private readonly Likelihood likelihood;

    /// <summary>Puts the parts together. They belong to it: disposing it disposes them.</summary>
    /// <param name="encoder">q(z ∣ x).</param>
    /// <param name="decoder">The mean of p(x ∣ z), with p(z) = N(0, I) of the encoder's size.</param>
    /// <param name="likelihood">p(x ∣ z); a Gaussian with a learned σ where null.</param>
    /// <exception cref="ArgumentException">The decoder's prior isn't standard normal or has another size than the encoder's latents.</exception>
    public VariationalAutoencoder(EncoderNetwork encoder, GeneratorNetwork decoder, Likelihood? likelihood = null)
        : base(nameof(VariationalAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(decoder);
        if (!decoder.Prior.IsStandardNormal)
            throw new ArgumentException("decoder.Prior must be standard normal (LatentPrior.Normal), because the KL divergence of the bound is from N(0, I).", nameof(decoder));
        if (decoder.Prior.Size != encoder.LatentSize)
            throw new ArgumentException($"decoder must take latents of the encoder's size, {encoder.LatentSize}, but takes {decoder.Prior.Size}.", nameof(decoder));
        (this.encoder, this.decoder, this.likelihood) = (encoder, decoder, likelihood ?? new GaussianLikelihood());
        RegisterComponents();
    }

    /// <summary>q(z ∣ x).</summary>
    public EncoderNetwork Encoder => encoder;

    /// <summary>G(z), the mean of p(x ∣ z): sample from it as from any generator.</summary>
    public GeneratorNetwork Decoder => decoder;

    /// <summary>p(x ∣ z).</summary>
    public Likelihood Likelihood => likelihood;

    /// <summary>The bound of each sample, with one z drawn from torch's global generator.</summary>
    /// <param name="samples">x, float tensor of shape [N, …].</param>
    /// <param name="labels">Int64 tensor of shape [N] for a conditional decoder; null for none.</param>
    /// <returns>The two parts of the bound in nats, with their graph: shapes [N] and [N, size of z].</returns>
    public override EvidenceLowerBound forward(Tensor samples, Tensor? labels) => Bound(samples, labels);

    /// <summary><see cref="forward"/> with a random stream of the caller's.</summary>
    /// <param name="samples">x, float tensor of shape [N, …].</param>
    /// <param name="labels">Int64 tensor of shape [N] for a conditional decoder; null for none.</param>
    /// <param name="random">Source of z, on the samples' device; torch's global one where null.</param>
    /// <returns>The two parts of the bound in nats, with their graph: shapes [N] and [N, size of z].</returns>
    /// <exception cref="NetworkException">The decoder returned another shape than the samples'.</exception>
    public EvidenceLowerBound Bound(Tensor samples, Tensor? labels = null, torch.Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var posterior = encoder.call(samples);
        var decoded = decoder.call(posterior.Sample(random), labels);
        if (!decoded.shape.SequenceEqual(samples.shape))
            throw new NetworkException($"{decoder.GetType().Name}.forward must return samples of shape {Shape.Format(samples.shape)}, like those that are encoded, but returned {Shape.Format(decoded.shape)}.");
        return new EvidenceLowerBound(likelihood.call(samples, decoded), posterior.KullbackLeibler());
    }

    /// <summary>What is left of each sample after it was encoded and decoded, from the mean of q(z ∣ x), in evaluation mode and without gradients.</summary>
    /// <param name="samples">x, float tensor of shape [N, …].</param>
    /// <param name="labels">Int64 tensor of shape [N] for a conditional decoder; null for none.</param>
    /// <returns>Tensor of the samples' shape.</returns>
    public Tensor Reconstruct(Tensor samples, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return this.Evaluating(() => decoder.call(encoder.call(samples).Mean, labels)).MoveToOuterDisposeScope();
    }
}
