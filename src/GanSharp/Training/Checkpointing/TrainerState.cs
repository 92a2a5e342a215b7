using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checkpointing;

/// <summary>
/// Everything that determines a trainer's next step beside its options, its position in the data and the random streams: the tensors themselves, which
/// may be read or written in place, and the numbers of each part.
/// </summary>
internal sealed class TrainerState
{
    private readonly (string Name, IStateful Part)[] parts;

    public TrainerState(GanTrainer trainer, IEnumerable<(string Name, object? Part)> candidates)
    {
        parts = [.. candidates.Where(candidate => candidate.Part is IStateful).Select(candidate => (candidate.Name, (IStateful)candidate.Part!))];
        Tensors = [
            .. Named("generator", trainer.Generator), .. Named("discriminator", trainer.Discriminator),
            .. parts.SelectMany(part => part.Part.State.Select(entry => ($"{part.Name}.{entry.Name}", entry.Value)))];
    }

    /// <summary>Each tensor under its own name: "generator.body.0.weight", "optimizer.discriminator.mean.0".</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Tensors { get; }

    /// <summary>The numbers of each part, by its name.</summary>
    public SortedDictionary<string, double[]> Scalars
    {
        get => new(parts.ToDictionary(part => part.Name, part => part.Part.Scalars), StringComparer.Ordinal);
        set
        {
            foreach (var (name, part) in parts)
                part.Scalars = value[name];
        }
    }

    private static IEnumerable<(string, Tensor)> Named(string prefix, Module network) =>
        network.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(network.named_buffers())
            .Select(named => ($"{prefix}.{named.Item1}", named.Item2));
}
