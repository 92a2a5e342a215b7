using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checkpointing;

/// <summary>
/// One trainer's content of a checkpoint in memory. <see cref="Capture"/> copies it in the training thread, into the same buffers each time;
/// <see cref="WriteTo"/> may then run in another thread while training goes on.
/// </summary>
internal sealed class CheckpointContent : IDisposable
{
    public const string LatentRandom = "random.latents", GlobalRandom = "random.global";
    private readonly GanTrainer trainer;
    private readonly StateSnapshot snapshot;
    private readonly SortedDictionary<string, string> options;
    private CheckpointManifest manifest;
    private Tensor latentRandom, globalRandom;

    public CheckpointContent(GanTrainer trainer)
    {
        this.trainer = trainer;
        snapshot = new StateSnapshot(trainer.State, onCpu: true);
        options = OptionsDescription.Of(trainer);
        (latentRandom, globalRandom) = RandomStates();
        manifest = Manifest();
    }

    public long Step => manifest.Step;

    public void Capture()
    {
        latentRandom.Dispose();
        globalRandom.Dispose();
        (latentRandom, globalRandom) = RandomStates();
        snapshot.Update();
        manifest = Manifest();
    }

    public void WriteTo(CheckpointFolder folder) => folder.Write(
        manifest.Step,
        stream => SafetensorsFile.Write(stream, [.. snapshot.Tensors, (LatentRandom, latentRandom), (GlobalRandom, globalRandom)]),
        manifest.Write);

    public void Dispose()
    {
        snapshot.Dispose();
        latentRandom.Dispose();
        globalRandom.Dispose();
    }

    private (Tensor Latents, Tensor Global) RandomStates()
    {
        using var scope = NewDisposeScope();
        return (trainer.LatentRandom.get_state().cpu().DetachFromDisposeScope(), get_rng_state().DetachFromDisposeScope());
    }

    private CheckpointManifest Manifest() => new()
    {
        FormatVersion = CheckpointManifest.CurrentFormatVersion,
        RunId = trainer.RunId,
        Step = trainer.Step,
        SamplesSeen = trainer.SamplesSeen,
        Scalars = snapshot.Scalars,
        Options = options,
        Environment = RunEnvironment.Of(trainer),
        Looks = trainer.Monitor.Looks,
        RecentDiagnostics = [.. trainer.Monitor.History],
    };
}
