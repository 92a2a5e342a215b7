using System.Diagnostics;
using System.Text.Json;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Mpi;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>
/// What rank 0 of some processes found: milliseconds of a step of one process alone, of all processes at once that say nothing to each other, and of all that train together; one of each for every round.
/// The three take turns within the same processes, so that a machine of uneven speed is as fast for one as for the others.
/// </summary>
/// <param name="Ranks">Processes.</param>
/// <param name="BatchSize">Samples of a step on each.</param>
/// <param name="Alone">Rank 0 without a communicator, while the others sleep.</param>
/// <param name="Apart">All ranks without one, until the last is done: what the machine has for so many processes. Empty for one rank.</param>
/// <param name="Together">All ranks with one.</param>
/// <param name="Library">The MPI.</param>
/// <param name="Calls">Exchanges of a step.</param>
/// <param name="Bytes">Of them.</param>
internal sealed record MpiPace(
    int Ranks, int BatchSize, IReadOnlyList<double> Alone, IReadOnlyList<double> Apart, IReadOnlyList<double> Together, string Library, double Calls, double Bytes)
{
    private const int WarmUp = 4;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Measures in this process, which is one rank; null on all but rank 0.</summary>
    /// <param name="steps">In each turn.</param>
    public static MpiPace? Take(string workloadName, int rounds, int steps)
    {
        using var mpi = MpiCommunicator.Initialize();
        var communicator = new CountedCalls(mpi);
        new ComputeTuning { Threads = 1 }.Apply();
        var workload = Workload.Named(workloadName);
        manual_seed(0);
        using var data = workload.Data();
        using var alone = new Contestant(workload, data, SingleProcess.Instance, steps);
        using var together = new Contestant(workload, data, communicator, steps);
        var (aloneTimes, apartTimes, togetherTimes) = (new List<double>(), new List<double>(), new List<double>());

        void Alone()
        {
            if (mpi.Rank == 0)
                alone.Train();
            else
                // Whoever waits in a barrier keeps a core busy.
                Thread.Sleep(TimeSpan.FromMilliseconds(steps * togetherTimes.Min()));
        }
        void Apart()
        {
            alone.Train();
            mpi.Barrier();
        }
        void Turn(List<double> times, Action work)
        {
            mpi.Barrier();
            var watch = Stopwatch.StartNew();
            work();
            times.Add(watch.Elapsed.TotalMilliseconds / steps);
        }

        for (var warmUp = 0; warmUp < WarmUp; warmUp++)
        {
            Turn(apartTimes, Apart);
            Turn(togetherTimes, together.Train);
        }
        for (var round = 0; round < rounds; round++)
        {
            Turn(aloneTimes, Alone);
            if (mpi.Size > 1)
                Turn(apartTimes, Apart);
            Turn(togetherTimes, together.Train);
        }
        var (calls, bytes) = together.Count(communicator);
        return mpi.Rank > 0 ? null : new MpiPace(
            mpi.Size, workload.BatchSize, aloneTimes, [.. apartTimes.Skip(WarmUp)], [.. togetherTimes.Skip(WarmUp)], mpi.Library, calls, bytes);
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

    /// <summary>A pair of networks in the middle of a run.</summary>
    private sealed class Contestant : IDisposable
    {
        // More than any measurement takes.
        private const long Steps = 1_000_000;

        private readonly GanTrainer trainer;
        private readonly nn.Module[] networks;
        private readonly IEnumerator<StepReport> run;

        public Contestant(Workload workload, Dataset data, ICommunicator communicator, int steps)
        {
            manual_seed(0);
            var (generator, discriminator) = (workload.Generator(), workload.Discriminator());
            networks = [generator, discriminator];
            trainer = new(generator, discriminator, data, new() { BatchSize = workload.BatchSize, Diagnostics = new() { Samples = 0 }, Communicator = communicator });
            run = trainer.Train(Steps).Every(steps).GetEnumerator();
        }

        public void Train() => run.MoveNext();

        /// <summary>Ends the run, and counts the exchanges of a step, without those of a run's beginning and of a report.</summary>
        public (double Calls, double Bytes) Count(CountedCalls communicator)
        {
            run.Dispose();
            (long Calls, long Bytes) Of(long steps)
            {
                var (calls, bytes) = (communicator.Calls, communicator.Bytes);
                _ = trainer.Train(steps).Every(steps).Last();
                return (communicator.Calls - calls, communicator.Bytes - bytes);
            }
            var (one, three) = (Of(1), Of(3));
            return ((three.Calls - one.Calls) / 2.0, (three.Bytes - one.Bytes) / 2.0);
        }

        public void Dispose()
        {
            run.Dispose();
            trainer.Dispose();
            foreach (var network in networks)
                network.Dispose();
        }
    }
}
