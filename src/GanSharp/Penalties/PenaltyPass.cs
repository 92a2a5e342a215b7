using static TorchSharp.torch;

namespace GanSharp.Penalties;

/// <summary>What every penalty sees of a step.</summary>
public abstract class PenaltyPass : IDisposable
{
    private readonly Func<Generator>? makeRandom;
    private Generator? random;

    private protected PenaltyPass(long step, Func<Generator>? makeRandom) => (Step, this.makeRandom) = (step, makeRandom);

    /// <summary>Generator steps taken before this one, for schedules.</summary>
    public long Step { get; }

    /// <summary>The penalties' own stream of random numbers, a function of the run's seed and the step: a resumed run draws the same, and nothing else does.</summary>
    public Generator Random => random ??= makeRandom?.Invoke() ?? new Generator();

    /// <summary>Which part of the step's batch it is, of how many (<c>MicroBatches</c>): a penalty's state is that after so many steps, whatever the parts.</summary>
    internal (int Index, int Count) Part { get; init; } = (0, 1);

    /// <summary>Releases the stream.</summary>
    public void Dispose()
    {
        random?.Dispose();
        GC.SuppressFinalize(this);
    }
}
