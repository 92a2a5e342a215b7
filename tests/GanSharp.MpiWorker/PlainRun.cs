using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.MpiWorker;

/// <summary>A small run whose networks draw nothing at random by themselves, so that a checkpoint holds all that its ranks go on from.</summary>
internal sealed class PlainRun : IDisposable
{
    private readonly InMemoryDataset data;
    private readonly MlpGenerator generator;
    private readonly MlpDiscriminator discriminator;

    public PlainRun(ICommunicator communicator, long steps)
    {
        using (var random = new TorchSharp.torch.Generator(1))
        using (var points = randn([300, 2], ScalarType.Float32, generator: random))
            data = new InMemoryDataset(points);
        // Weights that differ from rank to rank: those of rank 0 are taken.
        manual_seed(communicator.Rank);
        (generator, discriminator) = (new MlpGenerator(4, 16, 2), new MlpDiscriminator(2, 16));
        Trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(steps, gamma: 0.5, learningRate: 1e-3) with
        {
            BatchSize = 30, Seed = 5, Diagnostics = new() { Samples = 0 }, Communicator = communicator,
        });
    }

    public GanTrainer Trainer { get; }

    public void Dispose()
    {
        Trainer.Dispose();
        discriminator.Dispose();
        generator.Dispose();
        data.Dispose();
    }
}
