using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.StyleGan;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// StyleGAN2 (Karras et al. 2020) for small images: a mapping network, modulated convolutions and noise, the non-saturating loss, R1 in every 16th step, batches of 32, Adam at 2.5e-3 with β₁ = 0 and
/// β₂ = 0.99, both adjusted for the lazy penalty as in the paper's appendix B, and an average of G with a half-life of 10,000 images.
/// </summary>
/// <remarks>
/// It differs from the paper: the networks are small (<see cref="Network"/>); γ is for images of 28 to 32 pixels; D has no minibatch standard deviation unless <see cref="Network"/> asks for it, because
/// the logit of a sample would depend on its batch; styles aren't mixed and path lengths aren't regularized, which the authors' own configuration for CIFAR-10 leaves out too.
/// </remarks>
/// <param name="image">Shape of the images.</param>
/// <param name="classes">Number of classes; null for none.</param>
public sealed class StyleGan2(ImageShape image, int? classes = null) : Recipe(image, classes)
{
    private const int LazySteps = 16;

    /// <summary>Length of z and of the styles. Default 64; the paper has 512.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Size of both networks.</summary>
    public StyleGan2Options Network { get; init; } = new();

    /// <summary>Weight γ of R1, at least 0. Default 0.1; the paper's 10 is for faces of 1024 × 1024, the authors' 0.01 for CIFAR-10.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <inheritdoc/>
    public override string Source => "Karras et al. 2020";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new StyleGan2Generator(Image, LatentSize, Network, Classes);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new StyleGan2Discriminator(Image, Network, Classes);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        const double Rate = 2.5e-3, Beta2 = 0.99, Adjusted = LazySteps / (LazySteps + 1.0);
        return new()
        {
            Objective = GanObjective.NonSaturating,
            DiscriminatorPenalties = [new R1(Gamma, LazySteps)],
            GeneratorOptimizer = new AdamOptions { LearningRate = Rate, Beta1 = 0, Beta2 = Beta2 },
            DiscriminatorOptimizer = new AdamOptions { LearningRate = Rate * Adjusted, Beta1 = 0, Beta2 = Math.Pow(Beta2, Adjusted) },
            EmaHalfLifeImages = 10_000,
            BatchSize = 32,
        };
    }
}
