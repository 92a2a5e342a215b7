using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>Several augmentations, one after another, each of what the one before it returned. Parts that keep a state are saved and resumed, and parts that adapt are told of D's logits.</summary>
public sealed class AugmentationSequence : Augmentation, IStateful
{
    private readonly (string Name, IStateful Part)[] stateful;

    /// <summary>Puts them together.</summary>
    /// <param name="parts">At least one.</param>
    /// <exception cref="ArgumentException"><paramref name="parts"/> is empty or holds null.</exception>
    public AugmentationSequence(IReadOnlyList<Augmentation> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0 || parts.Any(part => part is null))
            throw new ArgumentException($"parts must hold at least one augmentation and no null but holds {(parts.Count == 0 ? "none" : "null")}.", nameof(parts));
        Parts = [.. parts];
        stateful = [.. Parts.Index().Where(part => part.Item is IStateful).Select(part => ($"{part.Index}", (IStateful)part.Item))];
    }

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<Augmentation> Parts { get; }

    IReadOnlyList<(string Name, Tensor Value)> IStateful.State => [.. stateful.SelectMany(part => part.Part.State.Select(entry => ($"{part.Name}.{entry.Name}", entry.Value)))];

    double[] IStateful.Scalars
    {
        get => [.. stateful.SelectMany(part => part.Part.Scalars)];
        set
        {
            var start = 0;
            foreach (var (_, part) in stateful)
            {
                var count = part.Scalars.Length;
                part.Scalars = value[start..(start + count)];
                start += count;
            }
        }
    }

    /// <inheritdoc/>
    public override void Begin()
    {
        foreach (var part in Parts)
            part.Begin();
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random) => Apply(samples, random, stepsTaken: 0);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken) => Parts.Aggregate(samples, (changed, part) => part.Apply(changed, random, stepsTaken));

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken, Tensor probability) =>
        Parts.Aggregate(samples, (changed, part) => part.Apply(changed, random, stepsTaken, probability));

    /// <inheritdoc/>
    public override void Observe(DiscriminatorOutput real)
    {
        foreach (var part in Parts)
            part.Observe(real);
    }
}
