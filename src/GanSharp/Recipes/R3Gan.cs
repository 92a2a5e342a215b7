using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.R3Gan;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// R3GAN (Huang et al. 2024): residual networks without normalization, the relativistic paired loss with R1 and R2, a fresh batch for G's step, Adam with β₁ = 0, and an average of G.
/// β₂ rises from 0.9 to 0.99 and γ falls to a tenth over the first half of the run.
/// </summary>
/// <remarks>
/// It differs from the paper: the networks are small (<see cref="Network"/>); γ is for images of 28 to 32 pixels; the learning rate is larger and falls over the second half of the run to a hundredth, where the paper's
/// falls from the start; the average has a half-life of 10,000 images; nothing is augmented (<see cref="TrainingOptions.Augmentation"/>).
/// </remarks>
/// <param name="image">Shape of the images.</param>
/// <param name="classes">Number of classes; null for none.</param>
public sealed class R3Gan(ImageShape image, int? classes = null) : Recipe(image, classes)
{
    /// <summary>Length of z. Default 64, as in the paper.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Size of both networks.</summary>
    public R3GanOptions Network { get; init; } = new();

    /// <summary>Weight γ of R1 and R2 at the start, at least 0. Default 1.</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Adam's rate at the start, above 0. Default 2e-4, as in the paper.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <inheritdoc/>
    public override string Source => "Huang et al. 2024";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new R3GanGenerator(Image, LatentSize, Network, Classes);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new R3GanDiscriminator(Image, Network, Classes);

    private protected override TrainingOptions OptionsOf(long steps) => TrainingOptions.RegularizedRelativistic(steps, Gamma, LearningRate) with { FreshGeneratorBatch = true, BatchSize = 64 };
}
