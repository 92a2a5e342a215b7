using GanSharp.Data;
using GanSharp.Networks.Weights;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.FaultWorker;

/// <summary>A run with everything switched on that a resume must bring back: schedules, averages, penalties, state of a caller's own, dropout, augmentation, batch norm, k = 2.</summary>
internal sealed class EverythingRun : IDisposable
{
    public const long ScheduleSteps = 200;

    public static TrainingOptions Options { get; } = TrainingOptions.RegularizedRelativistic(ScheduleSteps, gamma: 0.5, learningRate: 1e-3) with
    {
        BatchSize = 30,
        DiscriminatorSteps = 2,
        EmaHalfLifeImages = 500,
        Seed = 5,
        Diagnostics = new() { Samples = 100 },
    };

    private readonly InMemoryDataset data;
    private readonly NoisyGenerator generator;
    private readonly NoisyDiscriminator discriminator;

    public EverythingRun(int width = 16, int weightSeed = 0, TrainingOptions? options = null, Action<long>? duringStep = null)
    {
        using (var random = new TorchSharp.torch.Generator(1))
        using (var points = randn([300, 2], ScalarType.Float32, generator: random))
        using (var all = new InMemoryDataset(points))
            data = all.Split(0.2);
        manual_seed(weightSeed);
        (generator, discriminator) = (new NoisyGenerator(width), new NoisyDiscriminator(width));
        options ??= Options;
        Trainer = new GanTrainer(generator, discriminator, data, options with { DiscriminatorPenalties = [.. options.DiscriminatorPenalties, new DriftPenalty(duringStep)] });
    }

    public GanTrainer Trainer { get; private set; }

    /// <summary>Begins anew with other weights.</summary>
    public void Restart(int weightSeed)
    {
        using var fresh = new EverythingRun((int)generator.Width, weightSeed);
        using var frozen = no_grad();
        foreach (var (target, source) in generator.parameters().Concat(discriminator.parameters()).Zip(fresh.generator.parameters().Concat(fresh.discriminator.parameters())))
            target.copy_(source);
        var options = Trainer.Options;
        Trainer.Dispose();
        Trainer = new GanTrainer(generator, discriminator, data, options);
        manual_seed(7);
    }

    /// <summary>All that was learned: both networks as they train, and G's average.</summary>
    public string Hash()
    {
        var trained = $"{NetworkFingerprint.Compute(generator)}-{NetworkFingerprint.Compute(discriminator)}";
        using (Trainer.UseAverage())
            return $"{trained}-{NetworkFingerprint.Compute(generator)}-{Trainer.Step}-{Trainer.SamplesSeen}";
    }

    public void Dispose()
    {
        Trainer.Dispose();
        generator.Dispose();
        discriminator.Dispose();
        data.Dispose();
    }
}
