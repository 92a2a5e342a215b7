using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>One pair of networks, its data and its batch size. <c>tests/peers/pytorch_gan.py</c> builds the same ones, layer by layer.</summary>
internal sealed record Workload(string Name, int BatchSize, Func<Dataset> Data, Func<GeneratorNetwork> Generator, Func<DiscriminatorNetwork> Discriminator)
{
    private const int Images = 10_000, LatentSize = 100;

    /// <summary>The five of the tables.</summary>
    public static IReadOnlyList<Workload> All { get; } =
        [Toy(512), Mlp(64) with { Name = "MLP 64" }, Mlp(256) with { Name = "MLP 256" }, Dcgan(28, 1, 64) with { Name = "DCGAN 28" }, Dcgan(32, 3, 64) with { Name = "DCGAN 32" }];

    /// <summary>Points in the plane: 2-128-128-2 against 2-128-128-1.</summary>
    public static Workload Toy(int batchSize, double width = 1, int rows = Images)
    {
        var hidden = (int)(128 * width);
        return new("toy", batchSize,
            () => new InMemoryDataset(randn(rows, 2)),
            () => new LayeredGenerator([2, hidden, hidden, 2], [2], squash: false),
            () => new LayeredDiscriminator([2, hidden, hidden, 1]));
    }

    /// <summary>Gray images of 28 × 28: 100-256-512-1024-784 against 784-1024-512-256-1.</summary>
    public static Workload Mlp(int batchSize, double width = 1, int rows = Images)
    {
        int Units(int units) => (int)(units * width);
        return new("MLP", batchSize,
            () => new InMemoryDataset(randint(0, 256, [rows, 1, 28, 28], ScalarType.Byte)),
            () => new LayeredGenerator([LatentSize, Units(256), Units(512), Units(1024), 784], [1, 28, 28], squash: true),
            () => new LayeredDiscriminator([784, Units(1024), Units(512), Units(256), 1]));
    }

    /// <summary>The library's DCGAN.</summary>
    public static Workload Dcgan(int side, int channels, int batchSize, int width = 64, int rows = 2_048)
    {
        var image = new ImageShape(channels, side, side);
        return new("DCGAN", batchSize,
            () => new InMemoryDataset(randint(0, 256, [rows, channels, side, side], ScalarType.Byte)),
            () => new DcganGenerator(image, LatentSize, width),
            () => new DcganDiscriminator(image, width));
    }

    public static Workload Named(string name) =>
        All.FirstOrDefault(workload => workload.Name == name) ?? throw new ArgumentException($"workload must be one of {string.Join(", ", All.Select(workload => workload.Name))} but is '{name}'.", nameof(name));
}
