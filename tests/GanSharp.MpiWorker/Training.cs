using System.Security.Cryptography;
using GanSharp.FaultWorker;
using GanSharp.Mpi;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Runs;
using static TorchSharp.torch;

namespace GanSharp.MpiWorker;

/// <summary>A run with everything switched on, by several ranks.</summary>
internal static class Training
{
    private const int EverySteps = 20, Width = 16;

    /// <param name="steps">The last step.</param>
    /// <param name="folder">For checkpoints; null for none.</param>
    public static int Run(int steps, string? folder)
    {
        using var communicator = MpiCommunicator.Initialize();
        Console.WriteLine($"[{communicator.Rank}] process {Environment.ProcessId}");
        // Weights that differ from rank to rank: those of rank 0 are taken.
        using var run = new EverythingRun(Width, weightSeed: communicator.Rank, EverythingRun.Options with { Communicator = communicator });
        if (folder is not null && run.Trainer.ResumeIfAny(folder) is { } resumed && communicator.Rank == 0)
            Console.WriteLine(resumed);
        var reports = run.Trainer.TrainTo(steps);
        foreach (var _ in (folder is null ? reports : reports.WithCheckpoints(folder, new() { EverySteps = EverySteps })).Every(EverySteps))
            if (communicator.Rank == 0)
                Console.WriteLine($"step {run.Trainer.Step}");
        Console.WriteLine($"[{communicator.Rank}] parameters {Hash(run.Trainer.Generator.parameters().Concat(run.Trainer.Discriminator.parameters()))}");
        // With buffers and averages.
        if (communicator.Rank == 0)
            Console.WriteLine($"hash {run.Hash()}");
        return 0;
    }

    private static string Hash(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
            hash.AppendData(tensor.bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
