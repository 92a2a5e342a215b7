using static TorchSharp.torch;

namespace GanSharp.Networks.Autoencoders;

/// <summary>
/// Each value is black or white with the probability that the decoder says: ln p = Σ p ln m + (1 − p) ln(1 − m). Samples and output lie in [−1, 1], as this library's images and
/// generators do, and p = (x + 1) / 2, m = (x̂ + 1) / 2. It is a likelihood of binary images only; for gray ones it is the usual cross-entropy, whose values aren't comparable with
/// those of a density.
/// </summary>
public sealed class BernoulliLikelihood : Likelihood
{
    // Float32 numbers next to 1 are 6e-8 apart; a tanh rounds to exactly ±1, whose logarithm would be infinite.
    private const double Largest = 1 - 1e-6;

    /// <summary>A Bernoulli likelihood.</summary>
    public BernoulliLikelihood()
        : base(nameof(BernoulliLikelihood)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor forward(Tensor samples, Tensor decoded)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(decoded);
        var output = decoded.clamp(-Largest, Largest);
        var white = (samples + 1) / 2;
        return (white * ((1 + output) / 2).log() + (1 - white) * ((1 - output) / 2).log()).flatten(1).sum(1);
    }
}
