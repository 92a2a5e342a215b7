using System.Security.Cryptography;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Tensors;
using GanSharp.Training.Telemetry;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.State;

/// <summary>
/// The state of a run: everything except its options that determines its next step. Guards and checkpoints read, copy and restore it,
/// so that neither depends on the trainer.
/// </summary>
/// <param name="networks">What is trained, by the names that it has in checkpoints.</param>
/// <param name="latentRandom">The stream that latents are drawn from.</param>
/// <param name="monitor">The diagnostics; null where none are measured.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="events">Who tells whoever listens.</param>
internal sealed class TrainingState(IReadOnlyList<(string Name, Module Network)> networks, Generator latentRandom, DiagnosticMonitor? monitor, MetricMonitor metrics, TrainingEvents events)
{
    private readonly List<(string Name, IStateful Part, bool IsCallers)> parts = [];
    private IReadOnlyList<(string Name, Tensor Value)>? tensors;

    /// <summary>Steps taken so far; of a GAN, generator steps.</summary>
    public long Step { get; set; }

    /// <summary>Real samples consumed so far: the position in the data's endless sequence.</summary>
    public long SamplesSeen { get; set; }

    /// <summary>Distinguishes this run's checkpoints from those of other runs; a resume adopts it.</summary>
    public Guid RunId { get; set; } = Guid.NewGuid();

    /// <summary>Events since the last report that the user should know about.</summary>
    public TrainingWarnings Warnings => events.Warnings;

    /// <summary>Who tells the logger, the meter and the activity source.</summary>
    public TrainingEvents Events => events;

    /// <summary>The stream that latents are drawn from.</summary>
    public Generator LatentRandom => latentRandom;

    /// <summary>The diagnostics, for their history; null where none are measured.</summary>
    public DiagnosticMonitor? Monitor => monitor;

    /// <summary>The metrics, for how many reports they have seen.</summary>
    public MetricMonitor Metrics => metrics;

    /// <summary>Processes that train together.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>What each rank had a state of its own of at the last look, by name: a resume gives that of rank 0 to all.</summary>
    public IReadOnlyList<string> UnlikeAcrossRanks { get; set; } = [];

    /// <summary>
    /// State that isn't the trainer's own but a caller's, of objectives, penalties, networks or data, which may come to differ among ranks: the hash of each entry's values by its name.
    /// </summary>
    public IEnumerable<(string Name, byte[] Hash)> OfCallers => parts.Where(part => part.IsCallers).SelectMany(part => part.Part.State
        .Select(entry => ($"{part.Name}.{entry.Name}", StateHash.Of(entry.Value)))
        .Append(($"the numbers of {part.Name}", SHA256.HashData([.. part.Part.Scalars.SelectMany(BitConverter.GetBytes)]))));

    /// <summary>The checkpoint that <c>CheckpointOptions.KeepBest</c> keeps; null where there is none yet.</summary>
    public BestCheckpoint? Best { get; set; }

    /// <summary>Each tensor under its own name: "generator.body.0.weight", "optimizer.discriminator.mean.0". They may be read or written in place.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Tensors => tensors ??= [
        .. networks.SelectMany(network => Named(network.Name, network.Network)),
        .. parts.SelectMany(part => part.Part.State.Select(entry => ($"{part.Name}.{entry.Name}", entry.Value)))];

    /// <summary>The numbers of each part, by the part's name.</summary>
    public SortedDictionary<string, double[]> Scalars
    {
        get => new(parts.ToDictionary(part => part.Name, part => part.Part.Scalars), StringComparer.Ordinal);
        set
        {
            foreach (var (name, part, _) in parts)
                part.Scalars = value[name];
        }
    }

    /// <summary>Adds a part under its name if it has a state; all parts are added before the state is first read.</summary>
    /// <param name="name">Its name in checkpoints.</param>
    /// <param name="part">The part.</param>
    /// <param name="isCallers">Whether it was given to the trainer.</param>
    public void Add(string name, object? part, bool isCallers = false)
    {
        if (part is IStateful stateful)
            parts.Add((name, stateful, isCallers));
    }

    private static IEnumerable<(string, Tensor)> Named(string prefix, Module network) =>
        network.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(network.named_buffers())
            .Select(named => ($"{prefix}.{named.Item1}", named.Item2));
}
