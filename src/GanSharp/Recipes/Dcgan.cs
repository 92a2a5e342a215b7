using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// DCGAN (Radford, Metz, Chintala 2016): convolutional networks initialized from N(0, 0.02²), the non-saturating loss, z uniform on 100 coordinates, batches of 128, Adam at 2e-4 with β₁ = 0.5.
/// </summary>
/// <remarks>
/// It differs from the paper: D has no batch norm unless <see cref="BatchNorm"/> asks for it, so that its logit is a function of one sample and a density ratio; the width is 64 and not 128. With
/// classes, their one-hot code is appended to z, and D gets a plane for each (Mirza and Osindero 2014).
/// </remarks>
/// <param name="image">Shape of the images: sides that are multiples of 4.</param>
/// <param name="classes">Number of classes; null for none.</param>
public sealed class Dcgan(ImageShape image, int? classes = null) : Recipe(image, classes)
{
    internal const int BatchSize = 128;

    /// <summary>Length of z. Default 100.</summary>
    public int LatentSize { get; init; } = 100;

    /// <summary>Channels of the largest feature map of either network, doubled with each halving up to eight times. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Whether D has batch norm, as in the paper. Default false, because with it no divergence could be read from D's logits.</summary>
    public bool BatchNorm { get; init; }

    /// <inheritdoc/>
    public override string Source => "Radford et al. 2016";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new DcganGenerator(Image, LatentSize, Width, LatentPrior.Uniform(LatentSize), Classes);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new DcganDiscriminator(Image, Width, BatchNorm, Classes);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        var adam = new AdamOptions { LearningRate = 2e-4, Beta1 = 0.5 };
        return new() { Objective = GanObjective.NonSaturating, GeneratorOptimizer = adam, DiscriminatorOptimizer = adam, BatchSize = BatchSize };
    }
}
