using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>A seeded run of two small MLPs on points of the plane, for tests of a trainer's options.</summary>
internal sealed class PointRun : IDisposable
{
    private readonly Dataset data;

    /// <param name="options">What the trainer is told.</param>
    /// <param name="seed">Determines the first weights.</param>
    /// <param name="makeGenerator">Makes another G; null for an MLP.</param>
    /// <param name="data">Disposed with the run; a ring of 8 modes where null.</param>
    public PointRun(TrainingOptions options, long seed = 1, Func<GeneratorNetwork>? makeGenerator = null, Dataset? data = null)
    {
        this.data = data ?? Mixtures.Ring();
        manual_seed(seed);
        Generator = makeGenerator?.Invoke() ?? new MlpGenerator(2, 16, 2);
        Discriminator = new MlpDiscriminator(2, 16);
        Trainer = new GanTrainer(Generator, Discriminator, this.data, options);
    }

    public GeneratorNetwork Generator { get; }

    public MlpDiscriminator Discriminator { get; }

    public GanTrainer Trainer { get; }

    /// <summary>Trains, with one report at the end.</summary>
    public StepReport Train(int steps) => Trainer.Train(steps).Every(steps).Single();

    public void Dispose()
    {
        Trainer.Dispose();
        Discriminator.Dispose();
        Generator.Dispose();
        data.Dispose();
    }
}
