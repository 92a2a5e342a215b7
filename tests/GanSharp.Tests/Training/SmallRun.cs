using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Penalties;
using GanSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>A seeded run of two small DCGANs with batch norm, an average and penalties: most of what a careless look from outside could change.</summary>
internal sealed class SmallRun : IDisposable
{
    public const int BatchSize = 16;
    private static readonly ImageShape Image = new(1, 8, 8);

    public SmallRun(TrainingOptions? options = null, Func<GeneratorNetwork>? makeGenerator = null, DiscriminatorPenalty? penalty = null)
    {
        using (var random = new torch.Generator(3))
        using (var images = randn([200, 1, 8, 8], ScalarType.Float32, generator: random).clamp_(-1, 1))
        using (var all = new InMemoryDataset(images))
            Data = all.Split(0.3);
        manual_seed(0);
        Generator = makeGenerator?.Invoke() ?? NewGenerator();
        Discriminator = new DcganDiscriminator(Image, width: 4, batchNorm: true);
        Trainer = new GanTrainer(Generator, Discriminator, Data, (options ?? new()) with
        {
            BatchSize = BatchSize,
            EmaHalfLifeImages = 200,
            DiscriminatorPenalties = penalty is null ? [new R1(0.1), new R2(0.1)] : [new R1(0.1), penalty],
            Diagnostics = new() { Samples = 40 },
        });
    }

    public InMemoryDataset Data { get; }

    public GeneratorNetwork Generator { get; }

    public DcganDiscriminator Discriminator { get; }

    public GanTrainer Trainer { get; }

    public static DcganGenerator NewGenerator() => new(Image, latentSize: 4, width: 4);

    /// <summary>All that is learned: G, D and the average of G.</summary>
    public string Weights()
    {
        var trained = $"{NetworkFingerprint.Compute(Generator)} {NetworkFingerprint.Compute(Discriminator)}";
        using (Trainer.UseAverage())
            return $"{trained} {NetworkFingerprint.Compute(Generator)}";
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
        Data.Dispose();
    }
}
