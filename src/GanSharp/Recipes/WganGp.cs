using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// WGAN-GP (Gulrajani et al. 2017): a Wasserstein critic whose gradient norm is held at 1 between real and generated samples (λ = 10), five steps of the critic for each of G, batches of 64,
/// Adam at 1e-4 with β₁ = 0 and β₂ = 0.9. Its score is no density ratio, so reports need an auditor for a divergence.
/// </summary>
/// <remarks>It differs from the paper: the networks are DCGAN's for every size, where the paper has some of its own for each data set.</remarks>
/// <param name="image">Shape of the images: sides that are multiples of 4.</param>
/// <param name="classes">Number of classes; null for none.</param>
public sealed class WganGp(ImageShape image, int? classes = null) : Recipe(image, classes)
{
    /// <summary>Length of z. Default 128.</summary>
    public int LatentSize { get; init; } = 128;

    /// <summary>Channels of the largest feature map of either network, doubled with each halving up to eight times. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <inheritdoc/>
    public override string Source => "Gulrajani et al. 2017";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new DcganGenerator(Image, LatentSize, Width, classes: Classes);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new DcganDiscriminator(Image, Width, classes: Classes);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        var adam = new AdamOptions { LearningRate = 1e-4, Beta1 = 0, Beta2 = 0.9 };
        return new()
        {
            Objective = GanObjective.Wasserstein,
            DiscriminatorPenalties = [new WassersteinGradientPenalty(10)],
            DiscriminatorSteps = 5,
            GeneratorOptimizer = adam,
            DiscriminatorOptimizer = adam,
            BatchSize = 64,
        };
    }
}
