using GanSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Checkpointing;

/// <summary>Puts a trainer into a checkpoint's state. Everything is compared first, so that a refusal leaves the trainer as it was.</summary>
internal static class Resumption
{
    /// <returns>What was done; null where there is no checkpoint at all.</returns>
    public static ResumeReport? TryResume(GanTrainer trainer, string folder, ResumeOptions options)
    {
        var isOne = File.Exists(Path.Combine(folder, CheckpointFolder.ManifestName));
        var candidates = isOne ? [folder] : new CheckpointFolder(folder).List().Select(checkpoint => checkpoint.Path).ToArray();
        var skipped = new List<string>();
        foreach (var path in candidates)
        {
            if (CheckpointFolder.Fault(path) is not { } fault)
                return LoadNamed(trainer, path, options, skipped);
            skipped.Add($"'{path}': {fault}");
        }
        return skipped.Count == 0 ? null : throw new CheckpointException(string.Join(Environment.NewLine,
            [$"Every checkpoint in '{folder}' is damaged:", .. skipped.Select(fault => $"- {fault}"), "Restore one from a backup, or train anew into another folder."]));
    }

    private static ResumeReport LoadNamed(GanTrainer trainer, string path, ResumeOptions options, List<string> skipped)
    {
        try
        {
            return Load(trainer, path, options, skipped);
        }
        catch (Exception exception) when (exception is InvalidSafetensorsException or UnauthorizedAccessException or IOException and not CheckpointException)
        {
            throw new CheckpointException($"The checkpoint '{path}' can't be read: {exception.Message} If another run writes to its folder, stop that one first.", exception);
        }
    }

    private static ResumeReport Load(GanTrainer trainer, string path, ResumeOptions options, List<string> skipped)
    {
        var manifest = CheckpointManifest.Read(path);
        var changes = OptionsComparison.Changes(manifest.Options, OptionsDescription.Of(trainer), options.MayChange, path);
        using var file = SafetensorsFile.Read(Path.Combine(path, CheckpointFolder.TensorsName));
        ThrowIfOtherState(trainer, file, manifest, path);
        ThrowIfNoGeneratorState(file, path);
        Apply(trainer, file, manifest);
        return new ResumeReport
        {
            Folder = path,
            Step = manifest.Step,
            Skipped = skipped,
            Changes = changes,
            Warnings = [.. RunEnvironment.Of(trainer)
                .Where(now => manifest.Environment.GetValueOrDefault(now.Key) != now.Value)
                .Select(now => $"{now.Key} is {now.Value} but was {manifest.Environment.GetValueOrDefault(now.Key) ?? "not recorded"}: the run goes on within rounding, not bit for bit"),
                .. trainer.Device.type == DeviceType.CPU ? Array.Empty<string>()
                    : [$"the random generator of {trainer.Device}, from which dropout draws there, can't be saved: the run goes on with other masks"]],
        };
    }

    private static void ThrowIfOtherState(GanTrainer trainer, SafetensorsFile file, CheckpointManifest manifest, string path)
    {
        using var scope = NewDisposeScope();
        string[] faults = [
            .. file.Mismatches([.. trainer.State.Tensors, (CheckpointContent.GlobalRandom, get_rng_state()), (CheckpointContent.LatentRandom, trainer.LatentRandom.get_state())]),
            .. trainer.State.Scalars.Where(entry => manifest.Scalars.GetValueOrDefault(entry.Key)?.Length != entry.Value.Length)
                .Select(entry => $"the numbers of '{entry.Key}' must be {entry.Value.Length} but are {manifest.Scalars.GetValueOrDefault(entry.Key)?.Length ?? 0}"),
        ];
        if (faults.Length > 0)
            throw new CheckpointException(string.Join(Environment.NewLine,
                [$"The checkpoint '{path}' is of other networks or optimisers:", .. faults.Select(fault => $"- {fault}"), "Make the networks and options as they were."]));
    }

    private static void ThrowIfNoGeneratorState(SafetensorsFile file, string path)
    {
        foreach (var name in new[] { CheckpointContent.GlobalRandom, CheckpointContent.LatentRandom })
            if (GeneratorState.Fault(file.Tensors[name]) is { } fault)
                throw new CheckpointException($"The checkpoint '{path}' can't be used: '{name}' {fault}. No run writes that; use another checkpoint.");
    }

    private static void Apply(GanTrainer trainer, SafetensorsFile file, CheckpointManifest manifest)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in trainer.State.Tensors)
            value.copy_(file.Tensors[name]);
        trainer.State.Scalars = manifest.Scalars;
        trainer.Monitor.Restore(manifest.Looks, manifest.RecentDiagnostics);
        trainer.LatentRandom.set_state(file.Tensors[CheckpointContent.LatentRandom]);
        trainer.MoveTo(manifest.Step, manifest.SamplesSeen);
        trainer.RunId = manifest.RunId;
        trainer.RollBack.Remember();
        // Last, so that nothing above draws from it.
        set_rng_state(file.Tensors[CheckpointContent.GlobalRandom]);
    }
}
