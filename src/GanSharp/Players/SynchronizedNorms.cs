using GanSharp.Networks;
using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace GanSharp.Players;

/// <summary>All batch norms of a network that several processes train, in whatever module they are.</summary>
internal sealed class SynchronizedNorms : IDisposable
{
    private readonly Module network;
    private readonly (string Name, SynchronizedNorm Norm)[] norms;
    private bool isWatching;

    public SynchronizedNorms(Module network)
    {
        this.network = network;
        norms = [.. network.named_modules().Where(named => named.module is BatchNorm).DistinctBy(named => named.module).Select(named => (named.name, new SynchronizedNorm((BatchNorm)named.module)))];
    }

    /// <summary>A first step begins.</summary>
    public void Watch()
    {
        isWatching = true;
        foreach (var (_, norm) in norms)
            norm.Watch();
    }

    /// <summary>Throws where that step went past the hooks.</summary>
    /// <exception cref="NetworkException">It names the norm.</exception>
    public void ThrowIfBypassed()
    {
        if (!isWatching)
            return;
        isWatching = false;
        if (norms.FirstOrDefault(entry => entry.Norm.WasBypassed) is { Norm: not null, Name: var name })
            throw new NetworkException($"{network.GetType().Name} calls forward of its batch norm '{name}', which with several processes must normalize over all of them: use call instead of forward.");
    }

    public void Dispose()
    {
        foreach (var (_, norm) in norms)
            norm.Dispose();
    }
}
