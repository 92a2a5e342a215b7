using TorchSharp;

namespace GanSharp.Randomness;

/// <summary>
/// Named, seeded random streams. Each use of randomness (data order, latents, a split) has a separate stream, so that
/// drawing more in one place never changes what another place draws.
/// </summary>
public static class SeededRandom
{
    /// <summary>Makes a generator for one stream.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">What the stream is for.</param>
    /// <param name="index">Position within the stream, for streams that are a pure function of it (an epoch, a batch). Default 0.</param>
    /// <param name="device">Device whose operators draw from the generator; the CPU where null.</param>
    /// <returns>A torch generator on the device, which the caller disposes. The same arguments give the same stream; any other seed, name or index gives another.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static torch.Generator Create(long seed, string name, long index = 0, torch.Device? device = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new torch.Generator(Mix(seed, name, index), device);
    }

    /// <summary>FNV-1a over the name, then the SplitMix64 finalizer, so that neighboring seeds and indices are unrelated.</summary>
    internal static ulong Mix(long seed, string name, long index)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in name)
            hash = (hash ^ character) * 1099511628211UL;
        return Scramble(Scramble((ulong)seed ^ hash) + (ulong)index);
    }

    /// <summary>The SplitMix64 finalizer: a permutation of the 64-bit numbers under which neighbors are unrelated.</summary>
    internal static ulong Scramble(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
