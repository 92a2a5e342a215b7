using GanSharp.Data.Images;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Networks.Packing;

/// <summary>
/// PacGAN (Lin et al. 2018): D judges m samples at once, packed along their channels, so that a generator that repeats itself gives itself away. Any unconditional discriminator
/// of m times the channels can be wrapped:
/// <code>
/// var discriminator = new PackedDiscriminator(new DcganDiscriminator(image.Packed(2)), samplesPerLogit: 2);
/// </code>
/// </summary>
/// <remarks>
/// A logit is then an estimate of ln p_d(x₁)…p_d(x_m) / p_g(x₁)…p_g(x_m), of packs and not of single samples. Class logits and features of the wrapped network belong to packs too and are left out.
/// </remarks>
public sealed class PackedDiscriminator : DiscriminatorNetwork
{
    private readonly DiscriminatorNetwork inner;
    private readonly int samplesPerPack;

    /// <summary>Wraps a discriminator.</summary>
    /// <param name="inner">A discriminator of packs: of shape [m·C, H, W] (<see cref="ImageShape.Packed"/>) or [m·d]. It becomes a part of this one and is disposed with it.</param>
    /// <param name="samplesPerLogit">m, the packing degree, at least 1. The paper uses 2 to 4. The batch size must be a multiple.</param>
    /// <exception cref="ArgumentException">The discriminator is conditional: a pack's samples have different labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samplesPerLogit"/> is below 1.</exception>
    public PackedDiscriminator(DiscriminatorNetwork inner, int samplesPerLogit)
        : base(nameof(PackedDiscriminator))
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerLogit, 1);
        if (inner.Classes is { } classes)
            throw new ArgumentException($"inner must be unconditional, because the samples of a pack have different labels, but {inner.GetType().Name} has {classes} classes.", nameof(inner));
        (this.inner, samplesPerPack) = (inner, samplesPerLogit);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int SamplesPerLogit => samplesPerPack * inner.SamplesPerLogit;

    /// <inheritdoc/>
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() < 2 || samples.shape[0] % SamplesPerLogit != 0)
            throw new ArgumentException($"samples must have shape [N, C, …] with N a multiple of the {SamplesPerLogit} samples per logit but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        var shape = samples.shape;
        return inner.call(samples.reshape([shape[0] / samplesPerPack, shape[1] * samplesPerPack, .. shape[2..]]), null).Logits;
    }
}
