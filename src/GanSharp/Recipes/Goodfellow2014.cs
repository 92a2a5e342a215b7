using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Schedules;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// The first GAN, with the networks that it used on MNIST (Goodfellow et al. 2014 and their published configuration): G of two hidden layers of 1,200 rectified linear units, D of two
/// maxout layers of 240 units and five pieces with dropout and a limit on the norm of each unit's weights, z uniform on 100 coordinates, the non-saturating loss, batches of 100, SGD at 0.1 whose momentum rises from 0.5 to 0.7.
/// </summary>
/// <remarks>
/// It differs from the paper: G's last biases start at 0 and not at the data's mean; momentum rises over the whole run and not over 250 epochs; the rate falls linearly to what the paper's factor of
/// 1 / 1.000004 a step makes of it. Images lie in [−1, 1], but both networks compute with the paper's [0, 1].
/// </remarks>
/// <param name="image">Shape of the images; the paper's are 1 × 28 × 28.</param>
public sealed class Goodfellow2014(ImageShape image) : Recipe(image, classes: null)
{
    private const double Rate = 0.1, Decay = 1.000004;

    /// <summary>Units of each of G's hidden layers. Default 1,200.</summary>
    public int GeneratorWidth { get; init; } = 1_200;

    /// <summary>Units of each of D's maxout layers. Default 240.</summary>
    public int DiscriminatorWidth { get; init; } = 240;

    /// <inheritdoc/>
    public override string Source => "Goodfellow et al. 2014";

    /// <inheritdoc/>
    public override GeneratorNetwork CreateGenerator() => new Goodfellow2014Generator(Image, width: GeneratorWidth);

    /// <inheritdoc/>
    public override DiscriminatorNetwork CreateDiscriminator() => new MaxoutDiscriminator(Image, DiscriminatorWidth);

    private protected override TrainingOptions OptionsOf(long steps)
    {
        var descent = new SgdOptions { LearningRate = Schedule.Linear(Rate, Rate * Math.Pow(Decay, -steps), steps), Momentum = Schedule.Linear(0.5, 0.7, steps) };
        return new() { Objective = GanObjective.NonSaturating, GeneratorOptimizer = descent, DiscriminatorOptimizer = descent, BatchSize = 100 };
    }
}
