using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using GanSharp.Safetensors;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checkpointing;

/// <summary>Reads the generator alone out of a checkpoint, to sample or measure it without the rest of its training.</summary>
public static class GeneratorCheckpoint
{
    private const string Prefix = "generator.", AveragePrefix = "average.";

    /// <summary>Replaces the generator's weights with those of the newest undamaged checkpoint: of the average where the run kept one, else of the last step.</summary>
    /// <param name="generator">A generator of the run's architecture, on any device.</param>
    /// <param name="folder">The run's folder of checkpoints, or one checkpoint.</param>
    /// <param name="average">Whether to load the average where there is one. Default true: it is what the run's reports measure.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="CheckpointException">There is no undamaged checkpoint.</exception>
    /// <exception cref="WeightsMismatchException">It is of another generator; the message lists each difference, and the network is unchanged.</exception>
    public static string LoadCheckpoint(this GeneratorNetwork generator, string folder, bool average = true)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string[] candidates = File.Exists(Path.Combine(folder, CheckpointFolder.ManifestName)) ? [folder] : [.. new CheckpointFolder(folder).List().Select(checkpoint => checkpoint.Path)];
        var path = candidates.FirstOrDefault(candidate => CheckpointFolder.Fault(candidate) is null)
            ?? throw new CheckpointException($"'{folder}' has no undamaged checkpoint.");
        using var file = SafetensorsFile.Read(Path.Combine(path, CheckpointFolder.TensorsName));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var own = generator.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(generator.named_buffers()).ToArray();
        var stored = file.Tensors.Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[Prefix.Length..], entry => entry.Value);
        string[] mismatches =
        [
            .. own.Where(weight => !stored.TryGetValue(weight.Item1, out var value) || Kind(value) != Kind(weight.Item2))
                .Select(weight => $"'{weight.Item1}' must be {Kind(weight.Item2)} but {(stored.TryGetValue(weight.Item1, out var value) ? $"is {Kind(value)}" : "is missing")}"),
            .. stored.Keys.Except(own.Select(weight => weight.Item1)).Select(name => $"'{name}' ({Kind(stored[name])}) is unknown"),
        ];
        if (mismatches.Length > 0)
            throw new WeightsMismatchException(path, generator.GetType().Name, mismatches);
        foreach (var (name, value) in own)
            value.copy_(stored[name]);
        if (average && file.Tensors.Keys.Any(name => name.StartsWith(AveragePrefix, StringComparison.Ordinal)))
            LoadAverage(generator, file);
        return path;
    }

    /// <summary>An average is stored as it is kept: one flat buffer per type and device, then the buffers.</summary>
    private static void LoadAverage(GeneratorNetwork generator, SafetensorsFile file)
    {
        using var flat = new FlatParameters(generator);
        using var kept = new WeightAverage(generator, flat, halfLifeImages: 1);
        foreach (var (name, value) in ((IStateful)kept).State)
            value.copy_(file.Tensors[AveragePrefix + name]);
        kept.CopyToNetwork();
    }

    private static string Kind(Tensor value) => $"{value.dtype} {Shape.Format(value.shape)}";
}
