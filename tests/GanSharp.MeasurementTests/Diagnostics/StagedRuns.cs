using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Schedules;
using GanSharp.Tests.Data;
using GanSharp.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Diagnostics;

/// <summary>Real training runs, each set up so that one known thing goes wrong, or nothing.</summary>
internal static class StagedRuns
{
    private const int Reports = 20;

    /// <summary>Trains a run to its end and returns its last report.</summary>
    public static StepReport Train(string name)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var (data, generator, discriminator, options, steps) = Make(name);
        using (data)
        using (generator)
        using (discriminator)
        using (var trainer = new GanTrainer(generator, discriminator, data, options))
            return trainer.Train(steps).Every(steps / Reports).Last();
    }

    private static (Dataset Data, GeneratorNetwork Generator, DiscriminatorNetwork Discriminator, TrainingOptions Options, int Steps) Make(string name) => name switch
    {
        "disjoint Gaussians with eq. 21" => (Mixtures.Normal(), new AffineGenerator(8, 1), new MlpDiscriminator(1, 32, 2),
            Options(GanObjective.Minimax, 128, 2e-4, 3e-3), 600),
        "a fast D in eight dimensions" => (Normal(4_000, 8), new TrainableLinearGenerator(8, bias: 4), new MlpDiscriminator(8, 64, 2),
            Options(GanObjective.NonSaturating, 128, 1e-4, 2e-3), 400),
        "one mode of the ring" => (Mixtures.Ring(8, 1, 0.05), new MlpGenerator(2, 64, 2), new MlpDiscriminator(2, 64),
            Options(GanObjective.NonSaturating, 128, 2e-4, 5e-3, discriminatorSteps: 3), 600),
        "one mode of the grid" => (Mixtures.Grid(3, 2, 0.1), new MlpGenerator(2, 64, 2), new MlpDiscriminator(2, 64),
            Options(GanObjective.NonSaturating, 128, 2e-4, 5e-3, discriminatorSteps: 3), 600),
        "two hundred points in sixteen dimensions" => (Normal(200, 16), new TrainableLinearGenerator(16), new MlpDiscriminator(16, 128),
            Options(GanObjective.NonSaturating, 100, 1e-4, 1e-3), 400),
        "sixty points in four dimensions" => (Normal(60, 4), new TrainableLinearGenerator(4), new MlpDiscriminator(4, 128),
            Options(GanObjective.NonSaturating, 60, 1e-3, 2e-3), 400),
        "a mean that orbits" => (Mixtures.Normal(), MeanOnly(3), new MlpDiscriminator(1, 32, 1),
            Options(GanObjective.NonSaturating, 256, 2e-1, 1e-2, generatorBeta1: 0.9), 600),
        // The chase is chaotic: another order of float32 sums ends at another place, so the order is fixed.
        "modes that are chased" => (Mixtures.Ring(8, 1, 0.05), new MlpGenerator(2, 32, 2), new MlpDiscriminator(2, 32),
            Options(GanObjective.Hinge, 128, 2e-3, 2e-3, generatorBeta1: 0.9) with { JointForward = false }, 800),
        "a Gaussian learned by eqs. 20 and 21" => (Mixtures.Normal(), new AffineGenerator(2, 0.6), new MlpDiscriminator(1, 32, 2), new()
        {
            BatchSize = 256,
            GeneratorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(4e-3, 4e-6, 1_500), Beta1 = 0 },
            DiscriminatorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(2e-3, 2e-6, 1_500), Beta1 = 0.9 },
            Diagnostics = new() { Auditor = () => new MlpDiscriminator(1, 32, 2) },
        }, 1_500),
        "a Gaussian in the plane learned by R3GAN" => (new GaussianMixture([new Gaussian([0, 0], 1.0)]), new TrainableLinearGenerator(2, bias: 1), new MlpDiscriminator(2, 32, 2),
            TrainingOptions.RegularizedRelativistic(1_000, 0.1, 4e-3) with { BatchSize = 256, Diagnostics = new() { Auditor = () => new MlpDiscriminator(2, 32, 2) } }, 1_000),
        "the ring half-way" => (Mixtures.Ring(4, 1, 0.2), new MlpGenerator(2, 64, 2), new MlpDiscriminator(2, 64),
            TrainingOptions.RegularizedRelativistic(1_000, 0.1, 1e-3) with { BatchSize = 128 }, 600),
        "garments half-way" => (Garments(), new DcganGenerator(new ImageShape(1, 8, 8), 16, 16), new DcganDiscriminator(new ImageShape(1, 8, 8), 16),
            TrainingOptions.RegularizedRelativistic(800, 1, 1e-3) with { BatchSize = 32 }, 500),
        "healthy: a ring" => (Mixtures.Ring(), new MlpGenerator(2, 64, 2), new MlpDiscriminator(2, 64),
            TrainingOptions.RegularizedRelativistic(1_500, 0.3, 2e-3) with { BatchSize = 128 }, 1_500),
        "healthy: a grid" => (Mixtures.Grid(3), new MlpGenerator(2, 64, 2), new MlpDiscriminator(2, 64),
            TrainingOptions.RegularizedRelativistic(1_500, 0.3, 2e-3) with { BatchSize = 128 }, 1_500),
        "healthy: garments" => (Garments(), new DcganGenerator(new ImageShape(1, 8, 8), 16, 16), new DcganDiscriminator(new ImageShape(1, 8, 8), 16),
            TrainingOptions.RegularizedRelativistic(800, 1, 1e-3) with { BatchSize = 32 }, 800),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such run."),
    };

    private static TrainingOptions Options(
        GanObjective objective, int batchSize, double generatorRate, double discriminatorRate, int discriminatorSteps = 1, double generatorBeta1 = 0.5) => new()
        {
            Objective = objective,
            BatchSize = batchSize,
            DiscriminatorSteps = discriminatorSteps,
            GeneratorOptimizer = new AdamOptions { LearningRate = generatorRate, Beta1 = generatorBeta1 },
            DiscriminatorOptimizer = new AdamOptions { LearningRate = discriminatorRate, Beta1 = 0.9 },
        };

    private static InMemoryDataset Normal(int count, int size) => new(randn(count, size), heldOut: new InMemoryDataset(randn(1_000, size)));

    private static AffineGenerator MeanOnly(double mean)
    {
        var generator = new AffineGenerator(mean, 1);
        generator.named_parameters().Single(named => named.name == "scale").parameter.requires_grad_(false);
        return generator;
    }

    /// <summary>The sample's Fashion-MNIST, averaged to 8 × 8 pixels.</summary>
    private static InMemoryDataset Garments()
    {
        using var full = ShippedGarments.Load();
        Tensor Small(Dataset source, int count) => functional.avg_pool2d(ConstantPad2d(2, -1).call(source.Draw(0, 0, count).Samples), 4);
        return new InMemoryDataset(Small(full, 10_000), heldOut: new InMemoryDataset(Small(full.HeldOut!, 2_000)), name: "small garments");
    }

    private sealed class TrainableLinearGenerator : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> body;

        /// <summary>Starts as z + bias.</summary>
        public TrainableLinearGenerator(int size, double bias = 0)
            : base(nameof(TrainableLinearGenerator), LatentPrior.Normal(size))
        {
            var linear = Linear(size, size);
            using (no_grad())
            {
                linear.weight!.copy_(eye(size));
                linear.bias!.fill_(bias);
            }
            body = linear;
            RegisterComponents();
        }

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
    }
}
