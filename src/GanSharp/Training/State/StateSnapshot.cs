using static TorchSharp.torch;

namespace GanSharp.Training.State;

/// <summary>A copy of a trainer's state in memory that is taken again and again into the same buffers, so that taking it costs no more than the copy.</summary>
internal sealed class StateSnapshot : IDisposable
{
    private readonly TrainingState state;
    private readonly Tensor[] copies;

    /// <summary>Copies the state as it is now.</summary>
    /// <param name="state">Whose.</param>
    /// <param name="onCpu">Whether the copy lives in main memory, to be written, or beside what it copies, to be put back.</param>
    public StateSnapshot(TrainingState state, bool onCpu)
    {
        using var frozen = no_grad();
        // Where memory is short of one copy, the scope releases those before it.
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

    /// <summary>Copies the state as it is now over what was copied before.</summary>
    public void Update()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var ((_, source), copy) in state.Tensors.Zip(copies))
            copy.copy_(source);
        Scalars = state.Scalars;
    }

    /// <summary>Puts the copy back.</summary>
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
