using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Tensors;

/// <summary>A copy of the state of the user's own parts (<see cref="IStateful"/>), which is restored on disposal, so that a trial or a refused update leaves no trace in them.</summary>
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

    /// <summary>The same; null where none has one.</summary>
    public static OwnState? OfAny(IEnumerable<object?> candidates)
    {
        IStateful[] stateful = [.. candidates.Where(InnerState.IsKeptBy).Cast<IStateful>()];
        return stateful.Length == 0 ? null : new OwnState(stateful);
    }

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

    /// <summary>Copies the state anew, into the same tensors.</summary>
    public void Take()
    {
        using var frozen = no_grad();
        for (var index = 0; index < parts.Length; index++)
        {
            Copy(parts[index].Tensors, restore: false);
            parts[index].Scalars = (double[])parts[index].Part.Scalars.Clone();
        }
    }

    /// <summary>Puts the state back.</summary>
    public void Restore()
    {
        using var frozen = no_grad();
        foreach (var (part, tensors, scalars) in parts)
        {
            Copy(tensors, restore: true);
            part.Scalars = (double[])scalars.Clone();
        }
    }

    /// <summary>Gives the copy up; the state stays as it is.</summary>
    public void Release()
    {
        foreach (var (_, copy) in parts.SelectMany(part => part.Tensors))
            copy.Dispose();
    }

    public void Dispose()
    {
        Restore();
        Release();
    }

    private static void Copy((Tensor Value, Tensor Copy)[] tensors, bool restore)
    {
        using var scope = NewDisposeScope();
        foreach (var (value, copy) in tensors)
            (restore ? value : copy).copy_(restore ? copy : value);
    }
}
