using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
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
    /// <param name="averageName">An average of the run's <c>Averages</c> to load in its place, by its name; null (the default) for none of them.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="CheckpointException">There is no undamaged checkpoint, or no average of that name in it.</exception>
    /// <exception cref="WeightsMismatchException">It is of another generator; the message lists each difference, and the network is unchanged.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    public static string LoadCheckpoint(this GeneratorNetwork generator, string folder, bool average = true, string? averageName = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string[] candidates = File.Exists(Path.Combine(folder, CheckpointFolder.ManifestName)) ? [folder] : [.. new CheckpointFolder(folder).List().Select(checkpoint => checkpoint.Path)];
        var path = candidates.FirstOrDefault(candidate => CheckpointFolder.Fault(candidate) is null)
            ?? throw new CheckpointException(candidates.Length == 0 ? $"'{folder}' holds no checkpoint. Check the folder's name." : $"'{folder}' has no undamaged checkpoint.");
        using var file = SafetensorsFile.Read(Path.Combine(path, CheckpointFolder.TensorsName));
        bool Holds(string prefix) => file.Tensors.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));
        var averagePrefix = averageName is null ? AveragePrefix : $"{AverageSet.NameOfState(averageName)}.";
        if (averageName is not null && !Holds(averagePrefix))
            throw new CheckpointException($"'{path}' has no average of the name '{averageName}'. The run must have it in its Averages.");
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
        if ((average || averageName is not null) && Holds(averagePrefix))
            LoadAverage(generator, file, averagePrefix);
        return path;
    }

    /// <summary>An average is stored as it is kept: one flat buffer per type and device, then the buffers.</summary>
    private static void LoadAverage(GeneratorNetwork generator, SafetensorsFile file, string prefix)
    {
        using var flat = new FlatParameters(generator);
        using var kept = new WeightAverage(generator, flat, halfLifeImages: 1);
        foreach (var (name, value) in ((IStateful)kept).State)
            value.copy_(file.Tensors[prefix + name]);
        kept.CopyToNetwork();
    }

    private static string Kind(Tensor value) => $"{value.dtype} {Shape.Format(value.shape)}";
}
