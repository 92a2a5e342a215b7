using System.Security.Cryptography;
using GanSharp.FaultWorker;
using GanSharp.Mpi;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.MpiWorker;

/// <summary>Runs of several ranks; each prints what it learned as a hash.</summary>
internal static class Training
{
    private const int EverySteps = 20, Width = 16;

    // Well above what a busy machine takes for a checkpoint.
    private static readonly MpiOptions Options = new() { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>With everything switched on.</summary>
    /// <param name="steps">The last step.</param>
    /// <param name="folder">From whose checkpoints it goes on, and where it leaves one; null for neither.</param>
    public static int Run(int steps, string? folder = null)
    {
        using var communicator = MpiCommunicator.Initialize(Options);
        // Weights that differ from rank to rank: those of rank 0 are taken.
        using var run = new EverythingRun(Width, weightSeed: communicator.Rank, EverythingRun.Options with { Communicator = communicator });
        var (trainer, reports) = (run.Trainer, run.Trainer.TrainTo(steps));
        if (folder is not null)
        {
            if (trainer.ResumeIfAny(folder) is { } resumed)
                Console.WriteLine($"[{communicator.Rank}] {resumed}");
            reports = reports.WithCheckpoints(folder);
        }
        foreach (var _ in reports.Every(steps))
        {
        }
        Print(communicator, trainer);
        return 0;
    }

    /// <summary>Goes on from the folder's checkpoints.</summary>
    public static int Resume(int steps, string folder)
    {
        using var communicator = MpiCommunicator.Initialize(Options);
        Console.WriteLine($"[{communicator.Rank}] process {Environment.ProcessId}");
        using var run = new PlainRun(communicator, steps);
        if (run.Trainer.ResumeIfAny(folder) is { } resumed && communicator.Rank == 0)
            Console.WriteLine(resumed);
        foreach (var _ in run.Trainer.TrainTo(steps).WithCheckpoints(folder, new() { EverySteps = EverySteps }).Every(EverySteps))
            if (communicator.Rank == 0)
                Console.WriteLine($"step {run.Trainer.Step}");
        Print(communicator, run.Trainer);
        return 0;
    }

    private static void Print(MpiCommunicator communicator, GanTrainer trainer)
    {
        Console.WriteLine($"[{communicator.Rank}] parameters {Hash(trainer.Generator.parameters().Concat(trainer.Discriminator.parameters()))}");
        using (trainer.UseAverage())
            Console.WriteLine($"[{communicator.Rank}] average {Hash(trainer.Generator.parameters())}");
    }

    private static string Hash(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
            hash.AppendData(tensor.bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
