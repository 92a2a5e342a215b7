using System.Runtime.CompilerServices;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Turns;

/// <summary>
/// A trainer's claim to its networks: a parameter that two trainers update, or that G and D share, would be moved from one flat buffer to another. Parts of its options that keep a state
/// are claimed likewise: the second trainer would begin that state anew and go on with it.
/// It keeps nothing alive: a trainer that was garbage collected without Dispose has no claim any more.
/// </summary>
internal sealed class NetworkClaim : IDisposable
{
    private static readonly ConditionalWeakTable<object, Claimed> Owners = [];
    private readonly object[] parts;

    private NetworkClaim(object[] parts) => this.parts = parts;

    /// <summary>Claims both networks and every parameter in them, frozen ones too: a trainer's modes, statistics and resumes touch those as well.</summary>
    /// <exception cref="NetworkException">G and D share a trainable parameter, or a parameter belongs to another trainer.</exception>
    public static NetworkClaim Take(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        ThrowIfShared(generator, discriminator);
        return Take(networks: [generator, discriminator]);
    }

    /// <summary>Claims networks and every parameter in them.</summary>
    /// <exception cref="NetworkException">One belongs to another trainer.</exception>
    public static NetworkClaim Take(params Module[] networks)
    {
        return Take([.. networks.SelectMany(Parts)], (part, name, owned) => new NetworkException(part is Module
            ? $"{Capitalized(name)} belongs to another trainer that isn't disposed. Two trainers can't train one network: dispose the other trainer first, or make a network of its own for this one."
            : $"{Capitalized(name)} is also {owned}, which belongs to another trainer that isn't disposed. Dispose that trainer first, or make layers of their own for this one."));
    }

    /// <summary>Claims those parts of a trainer's options that keep a state, and begins it.</summary>
    /// <param name="parts">Each with the option that it is of.</param>
    /// <param name="begin">Makes the state of each as it is at the start of a run.</param>
    /// <exception cref="InvalidOperationException">One belongs to another trainer, whose state is left as it is.</exception>
    public static NetworkClaim Take(IReadOnlyList<(string Option, object? Part)> parts, Action begin)
    {
        (object, string)[] Stateful() => [.. parts.Where(entry => InnerState.IsKeptBy(entry.Part)).SelectMany(entry =>
            InnerState.State(entry.Part).Select(state => (object)state.Value).Prepend(entry.Part!).Select(part => (part, $"{entry.Part!.GetType().Name} ({entry.Option})")))];
        static InvalidOperationException Refusal(object part, string name, string owned) => new(
            $"{name} keeps a state that belongs to another trainer that isn't disposed{(name == owned ? "" : $", as {owned}")}. Give each trainer its own, or dispose the other trainer first.");
        // A state that is replaced where it begins is found only before that, and one that is made there only after.
        ThrowIfClaimed(Stateful(), Refusal);
        begin();
        return Take(Stateful(), Refusal);
    }

    /// <summary>Releases what was claimed.</summary>
    public void Dispose()
    {
        lock (Owners)
            foreach (var part in parts)
                if (Owners.TryGetValue(part, out var owner) && owner.Owner.TryGetTarget(out var claim) && claim == this)
                    Owners.Remove(part);
    }

    private static NetworkClaim Take((object Part, string Name)[] all, Func<object, string, string, Exception> refusal)
    {
        ThrowIfClaimed(all, refusal);
        lock (Owners)
        {
            if (Conflict(all) is var (part, name, owned))
                throw refusal(part, name, owned);
            var claim = new NetworkClaim([.. all.Select(entry => entry.Part)]);
            var weak = new WeakReference<NetworkClaim>(claim);
            foreach (var (claimed, claimedName) in all)
                Owners.AddOrUpdate(claimed, new Claimed(weak, claimedName));
            return claim;
        }
    }

    private static void ThrowIfClaimed((object Part, string Name)[] all, Func<object, string, string, Exception> refusal)
    {
        if (Conflict(all) is null)
            return;
        // A trainer that wasn't disposed keeps its claim until it is collected, so check again before refusing.
        GC.Collect();
        if (Conflict(all) is var (part, name, owned))
            throw refusal(part, name, owned);
    }

    private static void ThrowIfShared(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        var ofGenerator = new Dictionary<object, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, parameter) in generator.named_parameters())
            ofGenerator[parameter] = name;
        foreach (var (name, parameter) in discriminator.named_parameters())
            if (parameter.requires_grad && ofGenerator.TryGetValue(parameter, out var other))
                throw new NetworkException($"{generator.GetType().Name} and {discriminator.GetType().Name} share a layer: parameter '{other}' of the first is '{name}' of the second, and one can't learn for both players. Make a layer for each, or freeze it.");
    }

    private static IEnumerable<(object Part, string Name)> Parts(Module network)
    {
        var name = network.GetType().Name;
        return network.named_parameters().Select(named => ((object)named.parameter, $"parameter '{named.name}' of {name}")).Prepend((network, $"the network {name}"));
    }

    private static (object Part, string Name, string Owned)? Conflict((object Part, string Name)[] parts)
    {
        lock (Owners)
        {
            foreach (var (part, name) in parts)
                if (Owners.TryGetValue(part, out var owner) && owner.Owner.TryGetTarget(out _))
                    return (part, name, owner.Name);
            return null;
        }
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private sealed record Claimed(WeakReference<NetworkClaim> Owner, string Name);
}
