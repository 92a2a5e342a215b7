using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Weights;

/// <summary>
/// A copy of a network's parameters, buffers and modes, from which it can be restored bit for bit. Values are copied in place,
/// so parameters that were moved into flat buffers stay there.
/// </summary>
internal sealed class NetworkSnapshot : IDisposable
{
    private readonly (Tensor Source, Tensor Copy)[] values;
    private readonly (Module Module, bool IsTraining)[] modes;

    /// <summary>Copies the network as it is now.</summary>
    public NetworkSnapshot(Module network)
    {
        using var frozen = no_grad();
        modes = network.Modes();
        values = [.. network.parameters().Concat(network.buffers()).Select(source => (source, source.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Replaces the copied values with the current ones.</summary>
    public void Update() => CopyAll(toNetwork: false);

    /// <summary>Restores values and modes.</summary>
    public void Restore()
    {
        CopyAll(toNetwork: true);
        modes.Restore();
    }

    /// <summary>Releases the copy; the network stays as it is.</summary>
    public void Dispose()
    {
        foreach (var (_, copy) in values)
            copy.Dispose();
    }

    private void CopyAll(bool toNetwork)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (source, copy) in values)
            (toNetwork ? source : copy).copy_(toNetwork ? copy : source);
    }
}
