using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>A copy of the state of the user's own parts (<see cref="IStateful"/>), which is restored on disposal, so that a trial leaves no trace in them.</summary>
internal sealed class OwnState : IDisposable
{
    private readonly (IStateful Part, (Tensor Value, Tensor Copy)[] Tensors, double[] Scalars)[] parts;

    private OwnState(IEnumerable<object?> candidates)
    {
        using var frozen = no_grad();
        parts = [.. candidates.OfType<IStateful>().Select(part =>
            (part, part.State.Select(entry => (entry.Value, entry.Value.detach().clone().DetachFromDisposeScope())).ToArray(), (double[])part.Scalars.Clone()))];
    }

    /// <summary>Copies the state of those parts that have one.</summary>
    public static OwnState Of(params IEnumerable<object?> candidates) => new(candidates);

    /// <summary>The same; null where there isn't enough memory for the copy.</summary>
    public static OwnState? TryOf(object candidate)
    {
        try
        {
            return new OwnState([candidate]);
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            return null;
        }
    }

    public void Dispose()
    {
        using var frozen = no_grad();
        foreach (var (part, tensors, scalars) in parts)
        {
            foreach (var (value, copy) in tensors)
            {
                value.copy_(copy);
                copy.Dispose();
            }
            part.Scalars = scalars;
        }
    }
}
