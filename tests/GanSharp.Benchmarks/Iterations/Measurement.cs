using System.Text.Json;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>What one process found of one variant of one workload; the peer script prints the same.</summary>
/// <param name="Milliseconds">Of an iteration: one step of D and one of G.</param>
/// <param name="PeakMegabytes">Highest resident memory of the process.</param>
/// <param name="Compute">What was in force.</param>
/// <param name="ProcessorDistanceNanoseconds">Before and after, the larger (<see cref="ProcessorDistance"/>); 0 where it wasn't measured.</param>
internal sealed record Measurement(Duration Milliseconds, double PeakMegabytes, string Compute, double ProcessorDistanceNanoseconds = 0)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Measurement Take(Variant variant, Workload workload, double seconds)
    {
        var distance = ProcessorDistance.Measure();
        variant.Tuning?.Apply();
        manual_seed(0);
        using var data = workload.Data();
        using var generator = workload.Generator();
        using var discriminator = workload.Discriminator();
        Duration milliseconds;
        if (variant.Configure is { } configure)
        {
            using var trainer = new GanTrainer(generator, discriminator, data, configure(new() { BatchSize = workload.BatchSize, Diagnostics = new() { Samples = 0 } }));
            milliseconds = Timing.PerCall(seconds, calls => _ = trainer.Train(calls).Every(calls).Last());
        }
        else
        {
            using var loop = new NaiveLoop(generator, discriminator, data, workload.BatchSize);
            milliseconds = Timing.PerCall(seconds, calls =>
            {
                for (var call = 0; call < calls; call++)
                    loop.Step();
            });
        }
        return new Measurement(milliseconds, Machine.PeakResidentMegabytes(), ComputeState.InForce.ToString(), Math.Max(distance, ProcessorDistance.Measure()));
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static Measurement Read(string line) =>
        JsonSerializer.Deserialize<Measurement>(line, Json) ?? throw new InvalidDataException($"No measurement in '{line}'.");
}
