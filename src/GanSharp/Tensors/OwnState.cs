using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>The state of parts of a caller's own, so that a trial leaves no trace in it: it is put back when this is disposed.</summary>
internal sealed class OwnState : IDisposable
{
    private readonly (IStateful Part, (Tensor Value, Tensor Copy)[] Tensors, double[] Scalars)[] parts;

    private OwnState(IEnumerable<object?> candidates)
    {
        using var frozen = no_grad();
        parts = [.. candidates.OfType<IStateful>().Select(part =>
            (part, part.State.Select(entry => (entry.Value, entry.Value.detach().clone().DetachFromDisposeScope())).ToArray(), (double[])part.Scalars.Clone()))];
    }

    /// <summary>Copies the state of those that have one.</summary>
    public static OwnState Of(params IEnumerable<object?> candidates) => new(candidates);

    /// <summary>The same; null where memory doesn't hold the copy.</summary>
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
