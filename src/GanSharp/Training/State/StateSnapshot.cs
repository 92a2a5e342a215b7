using static TorchSharp.torch;

namespace GanSharp.Training.State;

/// <summary>A copy of a trainer's state in memory. Repeated copies use the same buffers, so that they cost no more than the copying.</summary>
internal sealed class StateSnapshot : IDisposable
{
    private readonly TrainingState state;
    private readonly Tensor[] copies;

    /// <summary>Copies the current state.</summary>
    /// <param name="state">The state to copy.</param>
    /// <param name="onCpu">Whether the copy is in main memory, for writing to a file, or on the same device as the original, for restoring.</param>
    public StateSnapshot(TrainingState state, bool onCpu)
    {
        using var frozen = no_grad();
        // If memory runs out for one copy, the scope releases the previous ones.
        using var scope = NewDisposeScope();
        this.state = state;
        copies = [.. state.Tensors.Select(entry => entry.Value.detach().to(onCpu ? CPU : entry.Value.device, copy: true))];
        foreach (var copy in copies)
            copy.DetachFromDisposeScope();
        Scalars = state.Scalars;
    }

    /// <summary>The copied tensors by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors => state.Tensors.Zip(copies, (entry, copy) => (entry.Name, copy));

    /// <summary>The copied numbers.</summary>
    public SortedDictionary<string, double[]> Scalars { get; private set; }

    /// <summary>Overwrites the copy with the current state.</summary>
    public void Update()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var ((_, source), copy) in state.Tensors.Zip(copies))
            copy.copy_(source);
        Scalars = state.Scalars;
    }

    /// <summary>Restores the copy.</summary>
    public void Restore()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var ((_, target), copy) in state.Tensors.Zip(copies))
            target.copy_(copy);
        state.Scalars = Scalars;
    }

    /// <summary>Releases the copy.</summary>
    public void Dispose()
    {
        foreach (var copy in copies)
            copy.Dispose();
    }
}
