using static TorchSharp.torch;

namespace GanSharp.Randomness;

/// <summary>
/// Torch's global generator on the CPU, from which modules draw their first weights and dropout its masks. A diagnostic that makes or runs
/// networks forks it, so that measuring doesn't change what is trained. The generators of other devices are left alone.
/// </summary>
internal static class GlobalRandom
{
    /// <summary>Seeds the global generator until the result is disposed, which puts back the state that was in force.</summary>
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
