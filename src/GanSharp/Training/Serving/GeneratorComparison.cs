using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>Checks whether a second generator equals the first one except for its weights.</summary>
internal static class GeneratorComparison
{
    /// <exception cref="NetworkException">They share weights.</exception>
    public static void ThrowIfShared(GeneratorNetwork source, GeneratorNetwork copy)
    {
        var mine = Weights(source).Select(weight => weight.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        if (Weights(copy).FirstOrDefault(weight => mine.Contains(weight.Value)) is { Name: { } shared })
            throw new NetworkException($"A snapshot of {source.GetType().Name} needs a network of its own, but '{shared}' of the one given is the original's. Return a new {source.GetType().Name} each time.");
    }

    /// <exception cref="NetworkException">They differ in class, names, shapes or types; the message lists every difference.</exception>
    public static void ThrowIfOther(GeneratorNetwork source, GeneratorNetwork copy)
    {
        var name = source.GetType().Name;
        var mine = Weights(source).ToDictionary(weight => weight.Name, weight => weight.Value);
        var theirs = Weights(copy).ToDictionary(weight => weight.Name, weight => weight.Value);
        string[] differences = [
            .. source.GetType() == copy.GetType() ? Array.Empty<string>() : [$"it is a {copy.GetType().Name}"],
            .. source.Prior.Size == copy.Prior.Size ? Array.Empty<string>() : [$"its latents have size {copy.Prior.Size} in place of {source.Prior.Size}"],
            .. mine.Keys.Except(theirs.Keys).Select(missing => $"'{missing}' is missing"),
            .. theirs.Keys.Except(mine.Keys).Select(unknown => $"'{unknown}' is unknown"),
            .. mine.Keys.Intersect(theirs.Keys).Where(key => Kind(mine[key]) != Kind(theirs[key])).Select(key => $"'{key}' is {Kind(theirs[key])} in place of {Kind(mine[key])}"),
        ];
        if (differences.Length > 0)
            throw new NetworkException(string.Join(Environment.NewLine,
                [$"The network for a snapshot isn't of the architecture of the {name} in training:", .. differences.Select(difference => $"- {difference}"), "Make it with the arguments of the first."]));
    }

    /// <summary>Compares the samples of both for the same latents and weights. The first is left unchanged.</summary>
    /// <returns>Whether the second draws from torch's global random generator when it samples.</returns>
    /// <exception cref="NetworkException">They differ in something other than the weights.</exception>
    public static bool Try(GeneratorNetwork source, GeneratorNetwork copy, Tensor latents, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using var before = new NetworkSnapshot(source);
        try
        {
            Tensor Run(GeneratorNetwork network)
            {
                using var noise = GlobalRandom.Fork(0, "trial of a copy");
                return network.Evaluating(() => network.call(latents, labels));
            }
            var (expected, repeated, given) = (Run(source), Run(source), Run(copy));
            // A network with a private random generator returns different samples each time.
            var isComparable = expected.equal(repeated).all().item<bool>();
            if (isComparable && !(given.shape.SequenceEqual(expected.shape) && given.equal(expected).all().item<bool>()))
                throw new NetworkException($"The network for a snapshot makes other samples of the same latents than the {source.GetType().Name} in training, though their weights are the same. Something that isn't a registered parameter or buffer differs: give it the same value.");
            using var fork = GlobalRandom.Fork(0, "trial of a copy");
            var state = get_rng_state();
            copy.Evaluating(() => copy.call(latents, labels));
            return !get_rng_state().equal(state).all().item<bool>();
        }
        finally
        {
            before.Restore();
        }
    }

    private static IEnumerable<(string Name, Tensor Value)> Weights(GeneratorNetwork network) =>
        network.named_parameters().Select(named => (named.name, (Tensor)named.parameter)).Concat(network.named_buffers());

    private static string Kind(Tensor tensor) => $"{tensor.dtype} {Shape.Format(tensor.shape)}";
}
