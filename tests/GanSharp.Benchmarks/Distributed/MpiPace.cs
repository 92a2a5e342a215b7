using System.Diagnostics;
using System.Text.Json;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Communication;
using GanSharp.Mpi;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>What rank 0 of some processes found: a step of the workload, where each takes a batch of its own, so that twice the ranks do twice the work.</summary>
/// <param name="Ranks">Processes; 0 stands for one without a communicator.</param>
/// <param name="Milliseconds">Of a step, by rank 0's clocks.</param>
/// <param name="Samples">Of a step, all ranks together.</param>
/// <param name="Library">The MPI.</param>
/// <param name="Calls">Exchanges of a step.</param>
/// <param name="Bytes">Of them.</param>
internal sealed record MpiPace(int Ranks, Duration Milliseconds, int Samples, string Library, double Calls, double Bytes)
{
    private const int WarmUp = 3, Blocks = 5;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public double SamplesPerSecond(bool processorTime) => Samples * 1_000 / Milliseconds.By(processorTime);

    /// <summary>Measures in this process, which is one rank; null on all but rank 0.</summary>
    public static MpiPace? Take(string workloadName, double seconds, bool withCommunicator)
    {
        using var mpi = withCommunicator ? MpiCommunicator.Initialize() : null;
        var communicator = new CountedCalls(mpi ?? (ICommunicator)SingleProcess.Instance);
        new ComputeTuning { Threads = 1 }.Apply();
        var workload = Workload.Named(workloadName);
        manual_seed(0);
        using var data = workload.Data();
        using var generator = workload.Generator();
        using var discriminator = workload.Discriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = workload.BatchSize, Diagnostics = new() { Samples = 0 }, Communicator = communicator });
        void Steps(long count) => _ = trainer.Train(count).Every(count).Last();

        Steps(1);
        var watch = Stopwatch.StartNew();
        Steps(WarmUp);
        var steps = Agree(communicator, Math.Max(1, (long)(seconds / Blocks / (watch.Elapsed.TotalSeconds / WarmUp))));
        var (wall, processor) = (new List<double>(), Environment.CpuUsage.TotalTime);
        for (var block = 0; block < Blocks; block++)
        {
            watch.Restart();
            Steps(steps);
            wall.Add(watch.Elapsed.TotalMilliseconds / steps);
        }
        var time = new Duration(Timing.Median(wall), (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / (Blocks * steps));
        (long Calls, long Bytes) Exchanged(long count)
        {
            var (calls, bytes) = (communicator.Calls, communicator.Bytes);
            Steps(count);
            return (communicator.Calls - calls, communicator.Bytes - bytes);
        }
        // Without those of a run's beginning and end.
        var (one, three) = (Exchanged(1), Exchanged(3));
        return communicator.Rank > 0 ? null : new MpiPace(
            mpi?.Size ?? 0, time, workload.BatchSize * communicator.Size, mpi?.Library ?? "", (three.Calls - one.Calls) / 2.0, (three.Bytes - one.Bytes) / 2.0);
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static MpiPace Read(string line) => JsonSerializer.Deserialize<MpiPace>(line, Json) ?? throw new InvalidDataException($"No pace in '{line}'.");

    /// <summary>Rank 0's number, on every rank: all must do as much.</summary>
    public static long Agree(ICommunicator communicator, long own)
    {
        using var scope = NewDisposeScope();
        var number = tensor(own);
        communicator.Broadcast([number]);
        return number.item<long>();
    }
}
