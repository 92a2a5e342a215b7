using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace GanSharp.Networks;

/// <summary>Whether a network was disposed: TorchSharp then silently lists no parameters, as if it had none.</summary>
internal static class Disposal
{
    // No public member shows this. If a later TorchSharp has no such field, disposal isn't detected and nothing is refused.
    private static readonly FieldInfo? Handle = typeof(Module).GetField("handle", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Throws if the network, a part of it, or a parameter in a field of one of them was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It names the class of the network.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "TorchSharp registers layers by the same fields: a program that trims them has no network.")]
    public static void ThrowIfPartlyDisposed(Module network)
    {
        ThrowIfDisposed(network);
        foreach (var part in network.modules().Prepend(network))
            for (var type = part.GetType(); type is not null && type.Assembly != typeof(Module).Assembly; type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (field.GetValue(part) is Parameter { IsInvalid: true })
                        throw new ObjectDisposedException(network.GetType().Name, $"The parameter in the field '{field.Name}' of {part.GetType().Name} has been disposed, so it would neither train nor be saved. If it was made inside a DisposeScope, call DetachFromDisposeScope() on it there.");
    }

    /// <summary>Throws where the network or a part of it was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It names the class of the network.</exception>
    public static void ThrowIfDisposed(Module network)
    {
        foreach (var part in network.modules().Prepend(network))
            if (Handle?.GetValue(part) is SafeHandle { IsClosed: true })
                throw new ObjectDisposedException(network.GetType().Name, $"The network {network.GetType().Name} {(ReferenceEquals(part, network) ? "" : $"holds a {part.GetType().Name} that ")}has been disposed, and with it its weights.");
    }
}
