using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Residual;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Schedules;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// SNGAN (Miyato et al. 2018; with classes: projection, Miyato and Koyama 2018): residual networks, every layer of D divided by its spectral norm, the hinge loss, five steps of D for each of G,
/// batches of 64, Adam with β₁ = 0 and β₂ = 0.9 whose rate falls linearly from 2e-4 to 0. A hinge score is no density ratio, so reports need an auditor for a divergence.
/// </summary>
/// <remarks>It differs from the paper: G's batch is as large as D's, where the paper's is twice as large.</remarks>
/// <param name="image">Shape of the images: sides that are multiples of 4.</param>
/// <param name="classes">Number of classes; null for none.</param>
public sealed class SnganHinge(ImageShape image, int? classes = null) : Recipe(image, classes)
{
    /// <summary>Length of z. Default 128.</summary>
    public int LatentSize { get; init; } = 128;

    /// <summary>Channels of D; G has twice as many, as in the paper's networks for 32 × 32. Default 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Steps of D for each of G. Default 5.</summary>
    public int DiscriminatorSteps { get; init; } = 5;

    /// <inheritdoc/>
    public override string Source => "Miyato et al. 2018";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new ResnetGenerator(Image, LatentSize, 2 * Width, Classes);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new ResnetDiscriminator(Image, Width, Classes);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        var adam = new AdamOptions { LearningRate = Schedule.Linear(2e-4, 0, steps), Beta1 = 0, Beta2 = 0.9 };
        return new() { Objective = GanObjective.Hinge, DiscriminatorSteps = DiscriminatorSteps, GeneratorOptimizer = adam, DiscriminatorOptimizer = adam, BatchSize = 64 };
    }
}
