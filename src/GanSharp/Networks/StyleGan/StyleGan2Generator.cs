using GanSharp.Data.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Networks.StyleGan;

/// <summary>
/// The generator of StyleGAN2 (Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN") for small images: a mapping from z to a style w, and a synthesis network of
/// modulated convolutions (<see cref="ModulatedConv2d"/>) whose images of all sides add up (skip connections). Learning rates are equalized throughout, and 0.01 of that in the mapping.
/// </summary>
/// <remarks>
/// <para>
/// <b>Noise</b> is part of the latent vector: of the <c>Prior.Size</c> values the first <see cref="LatentSize"/> are z, the other <see cref="NoiseSize"/> one value for each pixel of each
/// layer, all standard normal. G is then a function of its input alone: the same latents make the same sample on every device, a run that was interrupted goes on with the same bits, and
/// p_g is that of training. The price is a longer vector (2,009 values of noise for 28 × 28). A <c>LatentPath</c> and the perceptual path length move noise too; to hold it, give all points the
/// noise of one.
/// </para>
/// <para><b>Truncation</b>: <see cref="SampleTruncated(int, double, Tensor?, torch.Generator?, long?)"/>; training keeps the mean of w as a buffer, which the average of G averages too.</para>
/// <para>
/// Left out: mixing of styles, and the path length regularization, which are matters of training. It differs from the authors' code by a smallest map of other sides than 4 × 4 where the image
/// asks for it, by a table for classes, and by a smaller default size (<see cref="StyleGan2Options"/>). Samples are not bounded, as there.
/// </para>
/// </remarks>
public sealed class StyleGan2Generator : GeneratorNetwork
{
    private readonly MappingNetwork mapping;
    private readonly SynthesisNetwork synthesis;
    private readonly Func<StyleGan2Generator> cloneArchitecture;
    private double psi = 1;

    /// <summary>A generator of images, for values around [−1, 1].</summary>
    /// <param name="image">Shape of an image: at least 1 channel, sides of at least 4. They are halved while whole and at least 4, so sides with few factors of 2 cost more.</param>
    /// <param name="latentSize">Length of z and of w, at least 1. Default 64; the paper has 512.</param>
    /// <param name="options">Size of the network; the defaults where null.</param>
    /// <param name="classes">Number of classes, at least 1; null (the default) for an unconditional network. A learned vector of the class, as long as z, is joined to z.</param>
    /// <exception cref="ArgumentException">The image isn't supported, or options are invalid; the message lists all that are.</exception>
    public StyleGan2Generator(ImageShape image, int latentSize = 64, StyleGan2Options? options = null, int? classes = null)
        : this(image, latentSize, options ?? new StyleGan2Options(), classes, Synthesis(image, latentSize, options ?? new StyleGan2Options()))
    {
    }

    private StyleGan2Generator(ImageShape image, int latentSize, StyleGan2Options options, int? classes, SynthesisNetwork synthesis)
        : base(nameof(StyleGan2Generator), LatentPrior.Normal(latentSize + synthesis.NoiseSize))
    {
        if (classes is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(classes));
        (LatentSize, Classes) = (latentSize, classes);
        cloneArchitecture = () => new StyleGan2Generator(image, latentSize, options, classes);
        mapping = new MappingNetwork(latentSize, options.MappingLayers, classes);
        this.synthesis = synthesis;
        RegisterComponents();
    }

    /// <summary>Values of z, the first of a latent vector.</summary>
    public int LatentSize { get; }

    /// <summary>Values of the noise, the others of a latent vector; 0 without noise.</summary>
    public int NoiseSize => synthesis.NoiseSize;

    /// <inheritdoc/>
    public override int? Classes { get; }

    /// <inheritdoc/>
    public override bool TakesMixtures => Classes is not null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException">The latents, or the labels of a conditional network, are null.</exception>
    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(latents);
        if (Classes is not null)
            ArgumentNullException.ThrowIfNull(labels);
        var styles = mapping.call(latents.narrow(1, 0, LatentSize), labels);
        if (psi != 1)
            styles = mapping.Mean.to(styles.dtype).lerp(styles, psi);
        return synthesis.call(styles, NoiseSize == 0 ? null : latents.narrow(1, LatentSize, NoiseSize));
    }

    /// <summary>
    /// As <c>Sample</c>, with styles moved toward their mean: w̄ + ψ (w − w̄). Samples gain fidelity and lose variety, so none of the diagnostics holds for them.
    /// </summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="truncation">ψ, finite: 1 changes nothing, the paper shows 0.5 to 0.7, 0 is the mean style.</param>
    /// <param name="labels">Int64 tensor of shape [count] with the class of each sample; null for none.</param>
    /// <param name="random">Source of the latents, of the network's device; torch's global one where null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [count, …] on the network's device.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1, or <paramref name="truncation"/> isn't finite.</exception>
    public Tensor SampleTruncated(int count, double truncation, Tensor? labels = null, torch.Generator? random = null, long? label = null) =>
        Truncated(truncation, () => Sample(count, labels, random, label));

    /// <param name="latents">Float32 tensor of shape [N, Prior.Size].</param>
    /// <param name="truncation">ψ, finite: 1 changes nothing, the paper shows 0.5 to 0.7, 0 is the mean style.</param>
    /// <param name="labels">Int64 tensor of shape [N] with the class of each sample; null for none.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [N, …] on the network's device.</returns>
    /// <inheritdoc cref="SampleTruncated(int, double, Tensor?, torch.Generator?, long?)" path="/summary"/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="truncation"/> isn't finite.</exception>
    public Tensor SampleTruncated(Tensor latents, double truncation, Tensor? labels = null, long? label = null) =>
        Truncated(truncation, () => Sample(latents, labels, label));

    /// <inheritdoc/>
    public override GeneratorNetwork CloneArchitecture() => cloneArchitecture();

    private Tensor Truncated(double truncation, Func<Tensor> sample)
    {
        if (!double.IsFinite(truncation))
            throw new ArgumentOutOfRangeException(nameof(truncation), truncation, "truncation must be finite.");
        psi = truncation;
        try
        {
            return sample();
        }
        finally
        {
            psi = 1;
        }
    }

    private static SynthesisNetwork Synthesis(ImageShape image, int latentSize, StyleGan2Options options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        return new SynthesisNetwork([.. options.Maps(image, nameof(image)).Reverse()], image.Channels, latentSize, options.Noise);
    }
}
