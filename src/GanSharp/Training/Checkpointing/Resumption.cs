using GanSharp.Randomness;
using GanSharp.Safetensors;
using GanSharp.Training.State;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Checkpointing;

/// <summary>Puts a trainer into a checkpoint's state. Everything is compared first, so that a refusal leaves the trainer as it was.</summary>
internal static class Resumption
{
    /// <returns>What was done; null where there is no checkpoint at all.</returns>
    public static ResumeReport? TryResume(TrainingState state, SortedDictionary<string, string> description, string folder, ResumeOptions options, Action remember)
    {
        var isOne = File.Exists(Path.Combine(folder, CheckpointFolder.ManifestName));
        if (isOne && options.Best)
            throw new CheckpointException($"'{folder}' is one checkpoint, so there is no best among it. Give ResumeOptions.Best the folder of the run.");
        var candidates = isOne ? [folder] : new CheckpointFolder(folder).List().Select(checkpoint => checkpoint.Path).ToArray();
        var skipped = new List<string>();
        foreach (var path in candidates)
        {
            if (CheckpointFolder.Fault(path) is not { } fault)
                return LoadNamed(state, description, options.Best ? BestOf(folder, path) : path, options, skipped, remember);
            skipped.Add($"'{path}': {fault}");
        }
        return skipped.Count == 0 ? null : throw new CheckpointException(string.Join(Environment.NewLine,
            [$"Every checkpoint in '{folder}' is damaged:", .. skipped.Select(fault => $"- {fault}"), "Restore one from a backup, or train anew into another folder."]));
    }

    /// <summary>The best checkpoint of a run, as its newest good one names it.</summary>
    private static string BestOf(string folder, string newest)
    {
        if (CheckpointManifest.Read(newest).Best is not { } best)
            throw new CheckpointException($"'{folder}' has no best checkpoint: the run kept none by CheckpointOptions.KeepBest, or has not measured yet. Resume without ResumeOptions.Best.");
        var path = new CheckpointFolder(folder).PathOf(best.Step);
        return CheckpointFolder.Fault(path) is not { } fault ? path
            : throw new CheckpointException(FormattableString.Invariant($"The best checkpoint '{path}' ({best.Metric} {best.Value}) can't be used: {fault}. Restore it from a backup, or resume without ResumeOptions.Best."));
    }

    private static ResumeReport LoadNamed(TrainingState state, SortedDictionary<string, string> description, string path, ResumeOptions options, List<string> skipped, Action remember)
    {
        try
        {
            return Load(state, description, path, options, skipped, remember);
        }
        catch (Exception exception) when (exception is InvalidSafetensorsException or UnauthorizedAccessException or IOException and not CheckpointException)
        {
            throw new CheckpointException($"The checkpoint '{path}' can't be read: {exception.Message} If another run writes to its folder, stop that one first.", exception);
        }
    }

    private static ResumeReport Load(TrainingState state, SortedDictionary<string, string> description, string path, ResumeOptions options, List<string> skipped, Action remember)
    {
        var manifest = CheckpointManifest.Read(path);
        var changes = OptionsComparison.Changes(manifest.Options, description, options.AllowedChanges, path);
        using var file = SafetensorsFile.Read(Path.Combine(path, CheckpointFolder.TensorsName));
        ThrowIfOtherState(state, file, manifest, path);
        ThrowIfNoGeneratorState(file, path);
        var device = state.LatentRandom.device;
        Apply(state, file, manifest);
        remember();
        // Last, so that nothing above draws from it.
        set_rng_state(file.Tensors[CheckpointContent.GlobalRandom]);
        return new ResumeReport
        {
            Folder = path,
            Step = manifest.Step,
            Skipped = skipped,
            Changes = changes,
            Warnings = [.. RunEnvironment.Of(device)
                .Where(now => manifest.Environment.GetValueOrDefault(now.Key) != now.Value)
                .Select(now => $"{now.Key} is {now.Value} but was {manifest.Environment.GetValueOrDefault(now.Key) ?? "not recorded"}: the run goes on within rounding, not bit for bit"),
                .. RunEnvironment.Processes(state) is var processes && (manifest.Environment.GetValueOrDefault(RunEnvironment.ProcessesName) ?? "1") is var before && processes == before ? Array.Empty<string>()
                    : [$"the number of processes is {processes} but was {before}: the run goes on within rounding, and random draws of augmentations, penalties and dropout are others"],
                .. manifest.Environment.GetValueOrDefault(RunEnvironment.UnlikeName) is { } unlike
                    ? [$"each process had its own {unlike}; all go on with that of rank 0. State that is computed from a batch must come from AcrossRanks.Mean to be alike"] : Array.Empty<string>(),
                .. device.type == DeviceType.CPU ? Array.Empty<string>()
                    : [$"the random generator of {device}, from which dropout draws there, can't be saved: the run goes on with other masks"]],
        };
    }

    private static void ThrowIfOtherState(TrainingState state, SafetensorsFile file, CheckpointManifest manifest, string path)
    {
        using var scope = NewDisposeScope();
        string[] faults = [
            .. file.Mismatches([.. state.Tensors, (CheckpointContent.GlobalRandom, get_rng_state()), (CheckpointContent.LatentRandom, state.LatentRandom.get_state())]),
            .. state.Scalars.Where(entry => manifest.Scalars.GetValueOrDefault(entry.Key)?.Length != entry.Value.Length)
                .Select(entry => $"the numbers of '{entry.Key}' must be {entry.Value.Length} but are {manifest.Scalars.GetValueOrDefault(entry.Key)?.Length ?? 0}"),
        ];
        if (faults.Length > 0)
            throw new CheckpointException(string.Join(Environment.NewLine,
                [$"The checkpoint '{path}' is of other networks or optimizers:", .. faults.Select(fault => $"- {fault}"), "Make the networks and options as they were."]));
    }

    private static void ThrowIfNoGeneratorState(SafetensorsFile file, string path)
    {
        foreach (var name in new[] { CheckpointContent.GlobalRandom, CheckpointContent.LatentRandom })
            if (GeneratorState.Fault(file.Tensors[name]) is { } fault)
                throw new CheckpointException($"The checkpoint '{path}' can't be used: '{name}' {fault}. No run writes that; use another checkpoint.");
    }

    private static void Apply(TrainingState state, SafetensorsFile file, CheckpointManifest manifest)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in state.Tensors)
            value.copy_(file.Tensors[name]);
        state.LatentRandom.set_state(file.Tensors[CheckpointContent.LatentRandom]);
        Adopt(state, manifest);
    }

    /// <summary>Everything of a checkpoint but its tensors.</summary>
    public static void Adopt(TrainingState state, CheckpointManifest manifest)
    {
        state.Scalars = manifest.Scalars;
        state.Monitor?.Restore(manifest.Looks, manifest.RecentDiagnostics);
        (state.Step, state.SamplesSeen) = (manifest.Step, manifest.SamplesSeen);
        (state.Metrics.Reports, state.Best) = (manifest.MetricReports, manifest.Best);
        state.RunId = manifest.RunId;
    }
}
