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
/// maxout layers of 240 units and five pieces with dropout, z uniform on 100 coordinates with variance 1, the non-saturating loss, batches of 100, SGD at 0.1 whose momentum rises from 0.5 to 0.7 within
/// 125,000 steps, which are 250 epochs of MNIST. D's rate is 0.05, because the published loss of D is half of this library's sum.
/// </summary>
/// <remarks>
/// It differs from the paper: D and G take turns and don't move at once; G's last biases start at 0 and not at the data's mean, from which all samples became alike here; the rate falls linearly to what
/// the paper's factor of 1 / 1.000004 a step makes of it. Images lie in [−1, 1], but both networks compute with the paper's [0, 1].
/// </remarks>
/// <param name="image">Shape of the images; the paper's are 1 × 28 × 28.</param>
public sealed class Goodfellow2014(ImageShape image) : Recipe(image, classes: null)
{
    private const double Rate = 0.1, Decay = 1.000004;
    private const long MomentumSteps = 125_000;

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
        SgdOptions Descent(double rate) => new() { LearningRate = Schedule.Linear(rate, rate * Math.Pow(Decay, -steps), steps), Momentum = Schedule.Linear(0.5, 0.7, MomentumSteps) };
        return new() { Objective = GanObjective.NonSaturating, GeneratorOptimizer = Descent(Rate), DiscriminatorOptimizer = Descent(Rate / 2), BatchSize = 100 };
    }
}
