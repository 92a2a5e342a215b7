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
    /// <param name="generator">A generator of the run's architecture, on any device. For an average, what was frozen in the run must be frozen in it.</param>
    /// <param name="folder">The run's folder of checkpoints, or one checkpoint.</param>
    /// <param name="average">Whether to load the average where there is one. Default true: it is what the run's reports measure.</param>
    /// <param name="averageName">An average of the run's <c>Averages</c> to load in its place, by its name; null (the default) for none of them.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="CheckpointException">There is no undamaged checkpoint, or no average of that name in it.</exception>
    /// <exception cref="WeightsMismatchException">It is of another generator, or its average of other trained parameters; the message lists each difference, and the network is unchanged.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    public static string LoadCheckpoint(this GeneratorNetwork generator, string folder, bool average = true, string? averageName = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string[] candidates = File.Exists(Path.Combine(folder, CheckpointFolder.ManifestName)) ? [folder] : [.. new CheckpointFolder(folder).List().Select(checkpoint => checkpoint.Path)];
        var path = candidates.FirstOrDefault(candidate => CheckpointFolder.Fault(candidate) is null)
            ?? throw new CheckpointException(candidates.Length == 0 ? $"'{folder}' holds no checkpoint. Check the folder's name." : $"'{folder}' has no undamaged checkpoint.");
        using var file = SafetensorsFile.Read(Path.Combine(path, CheckpointFolder.TensorsName));
        var averagePrefix = averageName is null ? AveragePrefix : $"{AverageSet.NameOfState(averageName)}.";
        var hasAverage = file.Tensors.ContainsKey(WeightAverage.NameOfValues(averagePrefix, 0));
        if (averageName is not null && !hasAverage)
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
        (Tensor Target, Tensor Value)[] averaged = (average || averageName is not null) && hasAverage ? AverageOf(generator, file.Tensors, averagePrefix, path) : [];
        foreach (var (target, value) in own.Select(weight => (weight.Item2, stored[weight.Item1])).Concat(averaged))
            target.copy_(value);
        return path;
    }

    /// <summary>
    /// An average is stored as it is kept: one flat buffer of what the run trained per type and device, then the buffers. The generator's parameters stay where they are: it may be one that a
    /// trainer has.
    /// </summary>
    private static (Tensor Target, Tensor Value)[] AverageOf(GeneratorNetwork generator, IReadOnlyDictionary<string, Tensor> tensors, string prefix, string path)
    {
        var places = FlatParameters.PlacesOf(generator);
        var flat = places.GroupBy(place => place.Buffer, (_, members) => $"{members.First().Parameter.dtype} {Shape.Format([members.Sum(place => place.Length)])}").ToArray();
        Tensor[] buffers = [.. generator.buffers().Where(buffer => buffer.is_floating_point())];
        string NameOf(int index) => WeightAverage.NameOfValues(prefix, index);
        string[] kinds = [.. flat, .. buffers.Select(Kind)];
        List<string> mismatches =
        [
            .. kinds.Select((kind, index) => (Kind: kind, Stored: tensors.GetValueOrDefault(NameOf(index)), Name: NameOf(index)))
                .Where(entry => entry.Stored is null || Kind(entry.Stored) != entry.Kind)
                .Select(entry => $"'{entry.Name}' must be {entry.Kind} but {(entry.Stored is null ? "is missing" : $"is {Kind(entry.Stored)}")}"),
            .. tensors.ContainsKey(NameOf(kinds.Length)) ? [$"'{NameOf(kinds.Length)}' is unknown"] : Array.Empty<string>(),
        ];
        if (mismatches.Count > 0)
            throw new WeightsMismatchException(path, generator.GetType().Name, [.. mismatches, "an average holds the parameters that were trained: freeze those that were frozen in the run, and no others"]);
        return
        [
            .. places.Select(place => (place.Parameter, tensors[NameOf(place.Buffer)].narrow(0, place.Start, place.Parameter.numel()).view(place.Parameter.shape))),
            .. buffers.Select((buffer, index) => (buffer, tensors[NameOf(flat.Length + index)])),
        ];
    }

    private static string Kind(Tensor value) => $"{value.dtype} {Shape.Format(value.shape)}";
}
