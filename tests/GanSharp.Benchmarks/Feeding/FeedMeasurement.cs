using System.Diagnostics;
using System.Text.Json;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Data.Images;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Feeding;

/// <summary>What one process found of one source of one folder.</summary>
/// <param name="OpenSeconds">Until the folder was loaded, or checked.</param>
/// <param name="ImagesPerSecond">Trained on, or only decoded.</param>
/// <param name="IterationMilliseconds">Of one step of D and one of G; NaN where nothing was trained.</param>
/// <param name="WaitingMilliseconds">The part of it in which the trainer waited for its batch.</param>
/// <param name="PeakMegabytes">Highest resident memory of the process.</param>
internal sealed record FeedMeasurement(double OpenSeconds, double ImagesPerSecond, double IterationMilliseconds, double WaitingMilliseconds, double PeakMegabytes)
{
    private const int BatchSize = 64, WarmUpSteps = 3;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static FeedMeasurement Take(FeedSource source, string folder, int side, double seconds)
    {
        new ComputeTuning { MklFastPath = true }.Apply();
        manual_seed(0);
        var workload = Workload.Dcgan(side, side == 28 ? 1 : 3, BatchSize);
        using var generator = workload.Generator();
        var options = new ImageFolderOptions { Image = new ImageShape(side == 28 ? 1 : 3, side, side), HeldOutFraction = 0 };
        var opening = Stopwatch.StartNew();
        using var data = new WaitingDataset(source switch
        {
            FeedSource.Memory => ImageFolder.Load(folder, options),
            FeedSource.Stream => ImageFolder.Stream(folder, options),
            FeedSource.DecodeOnly => ImageFolder.Stream(folder, options with { DecodeThreads = 1 }),
            _ => ImageFolder.Stream(folder, options with { BatchesAhead = 0 }),
        });
        var opened = opening.Elapsed.TotalSeconds;
        if (source == FeedSource.DecodeOnly)
        {
            var position = 0L;
            var draw = Timing.PerCall(seconds, calls =>
            {
                for (var call = 0; call < calls; call++, position += BatchSize)
                {
                    using var scope = NewDisposeScope();
                    data.Draw(0, position, BatchSize);
                }
            });
            return new(opened, BatchSize / draw.Wall * 1e3, double.NaN, double.NaN, Machine.PeakResidentMegabytes());
        }
        using var discriminator = workload.Discriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = BatchSize, Prefetch = false, Diagnostics = new() { Samples = 0 } });
        _ = trainer.Train(WarmUpSteps).Every(WarmUpSteps).Last();
        data.Waiting.Reset();
        var steps = 0;
        var training = Stopwatch.StartNew();
        for (; training.Elapsed.TotalSeconds < seconds; steps++)
            _ = trainer.Train(1).Single();
        var milliseconds = training.Elapsed.TotalMilliseconds / steps;
        return new(opened, BatchSize / milliseconds * 1e3, milliseconds, data.Waiting.Elapsed.TotalMilliseconds / steps, Machine.PeakResidentMegabytes());
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static FeedMeasurement Read(string line) =>
        JsonSerializer.Deserialize<FeedMeasurement>(line, Json) ?? throw new InvalidDataException($"No measurement in '{line}'.");
}
