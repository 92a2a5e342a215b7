using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Objectives;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Results;

/// <summary>A way to train a generator of garments.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="Steps">How many it is given, from the data and the seconds that all have.</param>
/// <param name="Generator">Makes the network that is trained.</param>
/// <param name="Train">Trains a generator on the data, with a seed, for a number of steps; the caller disposes it.</param>
internal sealed record Contestant(string Name, Func<Dataset, double, long> Steps, Func<GeneratorNetwork> Generator, Func<Dataset, long, long, GeneratorNetwork> Train)
{
    private const int LatentSize = 64, Width = 32, BatchSize = 64;

    /// <summary>The name without spaces and commas.</summary>
    public string FileName => Name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-');

    /// <summary>One generator, trained in four ways, for the time of 1,000 steps of the last on two cores.</summary>
    public static IReadOnlyList<Contestant> OfOneGenerator { get; } =
    [
        new("VAE", (_, _) => 2_000, Dcgan, TrainAutoencoder),
        OfGame("DCGAN, minimax", 1_800, _ => new() { Objective = GanObjective.Minimax }),
        OfGame("DCGAN, non-saturating", 1_800, _ => new() { Objective = GanObjective.NonSaturating }),
        OfGame("DCGAN, RpGAN + R1 + R2", 1_000, steps => TrainingOptions.RegularizedRelativistic(steps, gamma: 1, learningRate: 1e-3)),
    ];

    public static ImageShape Shape { get; } = new(1, 28, 28);

    public static DcganDiscriminator Discriminator() => new(Shape, Width);

    /// <summary>Trains a pair and returns the average of G, with the same half-life for all.</summary>
    public static GeneratorNetwork TrainGan(Func<GeneratorNetwork> makeGenerator, Func<DiscriminatorNetwork> makeDiscriminator, Dataset data, long seed, long steps, TrainingOptions options)
    {
        manual_seed(seed);
        using var generator = makeGenerator();
        using var discriminator = makeDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, options with { Seed = seed, EmaHalfLifeImages = 10_000, Diagnostics = new() { Samples = 0 } });
        _ = trainer.Train(steps).Count();
        var averaged = makeGenerator();
        using (trainer.UseAverage())
            averaged.load_state_dict(generator.state_dict());
        return averaged;
    }

    private static DcganGenerator Dcgan() => new(Shape, LatentSize, Width);

    private static Contestant OfGame(string name, long count, Func<long, TrainingOptions> options) => new(
        name, (_, _) => count, Dcgan, (data, seed, steps) => TrainGan(Dcgan, Discriminator, data, seed, steps, options(steps) with { BatchSize = BatchSize }));

    private static DcganGenerator TrainAutoencoder(Dataset data, long seed, long steps)
    {
        manual_seed(seed);
        var decoder = Dcgan();
        var vae = new VariationalAutoencoder(new DcganEncoder(Shape, LatentSize, Width), decoder);
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = BatchSize, Seed = seed });
        _ = trainer.Train(steps).Count();
        return decoder;
    }
}
