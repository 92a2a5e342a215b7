using GanSharp.Safetensors;
using GanSharp.Training.State;
using static TorchSharp.torch;

namespace GanSharp.Training.Checkpointing;

/// <summary>
/// One run's content of a checkpoint in memory. <see cref="Capture"/> copies it in the training thread, into the same buffers each time;
/// <see cref="WriteTo"/> may then run in another thread while training goes on.
/// </summary>
internal sealed class CheckpointContent : IDisposable
{
    public const string LatentRandom = "random.latents", GlobalRandom = "random.global";
    private readonly TrainingState state;
    private readonly StateSnapshot snapshot;
    private readonly SortedDictionary<string, string> options;
    private CheckpointManifest manifest;
    private Tensor latentRandom, globalRandom;

    public CheckpointContent(TrainingState state, SortedDictionary<string, string> options)
    {
        (this.state, this.options) = (state, options);
        snapshot = new StateSnapshot(state, onCpu: true);
        (latentRandom, globalRandom) = RandomStates();
        manifest = Manifest();
    }

    public long Step => manifest.Step;

    public BestCheckpoint? Best => manifest.Best;

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
        return (state.LatentRandom.get_state().cpu().DetachFromDisposeScope(), get_rng_state().DetachFromDisposeScope());
    }

    private static SortedDictionary<string, string> Environment(TrainingState state)
    {
        var environment = RunEnvironment.Of(state.LatentRandom.device);
        if (state.Processes > 1)
            environment[RunEnvironment.ProcessesName] = RunEnvironment.Processes(state);
        if (state.UnlikeAcrossRanks.Count > 0)
            environment[RunEnvironment.UnlikeName] = string.Join(", ", state.UnlikeAcrossRanks);
        return environment;
    }

    private CheckpointManifest Manifest() => new()
    {
        FormatVersion = CheckpointManifest.CurrentFormatVersion,
        RunId = state.RunId,
        Step = state.Step,
        SamplesSeen = state.SamplesSeen,
        Scalars = snapshot.Scalars,
        Options = options,
        Environment = Environment(state),
        Looks = state.Monitor?.Looks ?? 0,
        RecentDiagnostics = [.. state.Monitor?.History ?? []],
        MetricReports = state.Metrics.Reports,
        Best = state.Best,
    };
}
