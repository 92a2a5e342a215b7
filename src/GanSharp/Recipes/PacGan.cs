using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Packing;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// PacGAN (Lin et al. 2018) on DCGAN: D judges several samples at once, so that a generator that repeats itself gives itself away. Everything else is the recipe <see cref="Dcgan"/>.
/// A logit is the ratio of packs, so a divergence that is read from it is that of packs.
/// </summary>
/// <param name="image">Shape of the images: sides that are multiples of 4.</param>
public sealed class PacGan(ImageShape image) : Recipe(image, classes: null)
{
    private Dcgan Base => new(Image) { LatentSize = LatentSize, Width = Width };

    /// <summary>Samples that one logit judges, at least 1 and at most the batch of 128. Default 2; the paper uses 2 to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't at least 1 and at most the batch.</exception>
    public int Packing
    {
        get;
        init => field = value >= 1 && value <= Dcgan.BatchSize ? value : throw new ArgumentOutOfRangeException(nameof(Packing), value, $"Packing must be at least 1 and at most the batch of {Dcgan.BatchSize}.");
    } = 2;

    /// <summary>Length of z. Default 100.</summary>
    public int LatentSize { get; init; } = 100;

    /// <summary>Channels of the largest feature map of either network, doubled with each halving up to eight times. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <inheritdoc/>
    public override string Source => "Lin et al. 2018";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => Base.CreateGenerator();

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new PackedDiscriminator(new DcganDiscriminator(Image.Packed(Packing), Width), Packing);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        // Packs must fill the batch.
        var options = Base.Options(steps);
        return options with { BatchSize = options.BatchSize / Packing * Packing };
    }
}
