using static TorchSharp.torch;

namespace GanSharp.Randomness;

/// <summary>
/// Torch's global random generator on the CPU, from which modules draw their initial weights and dropout its masks. A diagnostic that creates or runs
/// networks forks it, so that measuring doesn't change training. The generators of other devices aren't changed.
/// </summary>
internal static class GlobalRandom
{
    /// <summary>Seeds the global generator until the result is disposed, which restores the previous state.</summary>
    public static IDisposable Fork(long seed, string name) => new Forked(seed, name);

    private sealed class Forked : IDisposable
    {
        private readonly Tensor state;

        public Forked(long seed, string name)
        {
            using var scope = NewDisposeScope();
            state = get_rng_state().DetachFromDisposeScope();
            // Not manual_seed: that would reseed every device.
            using var seeded = SeededRandom.Create(seed, name);
            set_rng_state(seeded.get_state());
        }

        public void Dispose()
        {
            if (state.IsInvalid)
                return;
            set_rng_state(state);
            state.Dispose();
        }
    }
}
