using GanSharp.Networks;
using GanSharp.Networks.Packing;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Training;

namespace GanSharp.Samples.Ring;

/// <summary>A way to train the same generator on points of the plane.</summary>
/// <param name="Name">For the picture and the table.</param>
/// <param name="Discriminator">Makes D.</param>
/// <param name="Options">Game, penalties and optimizers, for a number of steps.</param>
internal sealed record PointRecipe(string Name, Func<DiscriminatorNetwork> Discriminator, Func<long, TrainingOptions> Options)
{
    private const int Width = 128;

    // The rate that RpGAN + R1 + R2 has for points, and DCGAN's β₁.
    private static readonly AdamOptions Adam = new() { LearningRate = 1e-3, Beta1 = 0.5 };

    public static IReadOnlyList<PointRecipe> All { get; } =
    [
        new("GAN", Plain, _ => Game(GanObjective.NonSaturating)),
        new("PacGAN2", () => new PackedDiscriminator(new MlpDiscriminator(2 * 2, Width), 2), _ => Game(GanObjective.NonSaturating)),
        new("WGAN-GP", Plain, _ => Game(GanObjective.Wasserstein) with { DiscriminatorPenalties = [new WassersteinGradientPenalty(10)] }),
        new("GAN, R1", Plain, _ => Game(GanObjective.NonSaturating) with { DiscriminatorPenalties = [new R1(0.3)] }),
        new("RpGAN, R1, R2", Plain, steps => TrainingOptions.RegularizedRelativistic(steps, gamma: 0.3, learningRate: 1e-3)),
    ];

    public static MlpGenerator Generator() => new(latentSize: 2, Width, outputSize: 2);

    private static MlpDiscriminator Plain() => new(inputSize: 2, Width);

    // One average for all, that of the last recipe, so that what differs is the game.
    private static TrainingOptions Game(GanObjective objective) => new() { Objective = objective, GeneratorOptimizer = Adam, DiscriminatorOptimizer = Adam, EmaHalfLifeImages = 10_000 };
}
