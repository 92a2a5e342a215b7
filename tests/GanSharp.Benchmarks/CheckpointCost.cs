using System.Diagnostics;
using System.Globalization;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using Spectre.Console;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks;

/// <summary>
/// What a checkpoint of a 50-million-parameter pair costs: the time that training stands still against a copy of the same bytes in memory, and the rate at
/// which it is written against dd with fsync on the same disk. The compared things are timed in turn, and the best of the rounds counts: what else runs on a
/// machine and its disk can only make them slower.
/// </summary>
internal static class CheckpointCost
{
    private const int CopyRounds = 25, Rounds = 9;

    public static void Print(string folder)
    {
        manual_seed(0);
        const int Width = 2_882;
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(64, Width, 2, hiddenLayers: 4);
        using var discriminator = new MlpDiscriminator(2, Width, hiddenLayers: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, EmaHalfLifeImages = 1_000, Diagnostics = new() { Samples = 0 } });
        var parameters = generator.parameters().Concat(discriminator.parameters()).Sum(parameter => parameter.numel());
        _ = trainer.Train(1).Count();
        var tensors = trainer.State.Tensors.Select(entry => entry.Value.detach()).ToArray();
        var bytes = tensors.Sum(tensor => tensor.numel() * tensor.ElementSize);
        // Not zeros: the system backs those by one page, which is read from the cache.
        using var from = ones(bytes, ScalarType.Byte);
        using var to = ones(bytes, ScalarType.Byte);
        using var content = new CheckpointContent(trainer.State, trainer.Describe());
        var checkpoints = new CheckpointFolder(Path.Combine(folder, "checkpoint-cost"));
        Directory.CreateDirectory(checkpoints.FullName);
        var (copies, stalls, writes, peers) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < CopyRounds; round++)
        {
            copies.Add(Milliseconds(() => to.copy_(from)));
            stalls.Add(Milliseconds(content.Capture));
        }
        for (var round = 0; round < Rounds; round++)
        {
            peers.Add(Milliseconds(() => Dd(folder, bytes)));
            writes.Add(Milliseconds(() => content.WriteTo(checkpoints)));
        }
        Directory.Delete(checkpoints.FullName, recursive: true);

        double Rate(List<double> times) => bytes / Best(times) / 1e6;
        var table = new Table().AddColumns("", "best", "against");
        table.AddRow("state", Invariant($"{bytes / 1e6:0} MB, {parameters / 1e6:0.0} million parameters"), "");
        table.AddRow("training stands still", Invariant($"{Best(stalls):0} ms"), Invariant($"{Best(stalls) / Best(copies):0.00} × a copy in memory ({Best(copies):0} ms)"));
        table.AddRow("written, hashed, on disk", Invariant($"{Rate(writes):0.00} GB/s"), Invariant($"{Best(peers) / Best(writes):0%} of dd conv=fsync ({Rate(peers):0.00} GB/s)"));
        AnsiConsole.Write(table);
    }

    private static void Dd(string folder, long bytes)
    {
        var file = Path.Combine(folder, "checkpoint-cost.dd");
        using var process = Process.Start(new ProcessStartInfo("dd", ["if=/dev/zero", $"of={file}", "bs=16M", $"count={bytes >> 24}", "conv=fsync"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        File.Delete(file);
    }

    private static double Milliseconds(Action action)
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Best(List<double> values) => values.Min();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
