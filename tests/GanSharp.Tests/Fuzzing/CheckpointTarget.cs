using System.Security.Cryptography;
using System.Text;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;

namespace GanSharp.Tests.Fuzzing;

/// <summary>
/// Resuming from a checkpoint of which one file was replaced. Its checksums are made to fit: they tell damage, not malice.
/// </summary>
internal static class CheckpointTarget
{
    private const string Checksums = "SHA256SUMS";
    private static readonly string[] Files = ["state.safetensors", "state.json"];

    public static FuzzTarget Make(string folder, string file, IReadOnlyList<string> tokens, Func<byte[], byte[]> repair)
    {
        var checkpoints = Path.Combine(folder, $"checkpoints of {file}");
        var (generator, discriminator, data) = (new MlpGenerator(2, 4, 1, hiddenLayers: 1), new MlpDiscriminator(1, 4, hiddenLayers: 1), Mixtures.Normal());
        var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 4, EmaHalfLifeImages = 100, Diagnostics = new() { Samples = 100 } });
        _ = trainer.Train(2).WithCheckpoints(checkpoints, new() { EverySteps = 1, KeepLast = 1 }).Every(1).Last();
        var checkpoint = Directory.GetDirectories(checkpoints).Single();
        return new FuzzTarget
        {
            Name = $"checkpoint, {file}",
            Corpus = [File.ReadAllBytes(Path.Combine(checkpoint, file))],
            Tokens = tokens,
            Repair = repair,
            Read = path =>
            {
                File.Move(path, Path.Combine(checkpoint, file), overwrite: true);
                File.WriteAllText(Path.Combine(checkpoint, Checksums), string.Concat(Files.Select(name => $"{Sha256(Path.Combine(checkpoint, name))}  {name}\n")), Encoding.ASCII);
                trainer.Resume(checkpoint);
            },
            Refusals = [typeof(CheckpointException)],
            Owned = [trainer, generator, discriminator, data],
        };
    }

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
