using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Objectives;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Results;

/// <summary>A way to train the one generator that all share.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="Steps">As many as fit into the time that 1,000 steps of the R3GAN recipe take on two cores.</param>
/// <param name="Train">Trains a generator on the data, with a seed; the caller disposes it.</param>
internal sealed record Contestant(string Name, long Steps, Func<Dataset, long, long, GeneratorNetwork> Train)
{
    private const int LatentSize = 64, Width = 32, BatchSize = 64;

    /// <summary>The name without spaces and commas.</summary>
    public string FileName => Name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-');

    public static IReadOnlyList<Contestant> All { get; } =
    [
        new("VAE", 2_000, TrainAutoencoder),
        new("DCGAN, minimax", 1_800, (data, seed, steps) => TrainGan(data, seed, steps, new() { Objective = GanObjective.Minimax })),
        new("DCGAN, non-saturating", 1_800, (data, seed, steps) => TrainGan(data, seed, steps, new() { Objective = GanObjective.NonSaturating })),
        new("R3GAN recipe", 1_000, (data, seed, steps) => TrainGan(data, seed, steps, TrainingOptions.RegularizedRelativistic(steps, gamma: 1, learningRate: 1e-3))),
    ];

    public static ImageShape Shape { get; } = new(1, 28, 28);

    public static DcganDiscriminator Discriminator() => new(Shape, Width);

    public static DcganGenerator Generator() => new(Shape, LatentSize, Width);

    private static DcganGenerator TrainGan(Dataset data, long seed, long steps, TrainingOptions options)
    {
        manual_seed(seed);
        using var generator = Generator();
        using var discriminator = Discriminator();
        // The same average for all: that of the recipe.
        using var trainer = new GanTrainer(generator, discriminator, data, options with { BatchSize = BatchSize, Seed = seed, EmaHalfLifeImages = 10_000, Diagnostics = new() { Samples = 0 } });
        trainer.Train(steps).Count();
        var averaged = Generator();
        using (trainer.UseAverage())
            averaged.load_state_dict(generator.state_dict());
        return averaged;
    }

    private static GeneratorNetwork TrainAutoencoder(Dataset data, long seed, long steps)
    {
        manual_seed(seed);
        var decoder = Generator();
        var vae = new VariationalAutoencoder(new DcganEncoder(Shape, LatentSize, Width), decoder);
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = BatchSize, Seed = seed });
        trainer.Train(steps).Count();
        return decoder;
    }
}
