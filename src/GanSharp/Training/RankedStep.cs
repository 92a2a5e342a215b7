using GanSharp.Communication;
using GanSharp.Networks;
using GanSharp.Optimization.Flat;
using GanSharp.Players;
using GanSharp.Randomness;
using GanSharp.Training.State;

namespace GanSharp.Training;

/// <summary>What is put around each step of several processes: norms over all ranks, means over all ranks, and draws from torch's global generator, such as dropout's, that are each rank's own.</summary>
internal sealed class RankedStep(TrainingOptions options, Player generator, Player discriminator, TrainingState state) : IDisposable
{
    private readonly SynchronizedNorms[] norms = [new(generator.Network), new(discriminator.Network)];
    private bool hasBegun;

    public RankContext Context { get; } = new(options.Communicator);

    /// <summary>Begins a step, which ends when the result is disposed.</summary>
    public IDisposable Begin()
    {
        if (!hasBegun)
            foreach (var norm in norms)
                norm.Watch();
        hasBegun = true;
        // A pure function of the position: there is nothing to save, whatever the number of ranks that resume.
        return new Step(AcrossRanks.Enter(Context), GlobalRandom.Fork(options.Seed, $"modules of rank {options.Communicator.Rank} at {state.SamplesSeen}"));
    }

    /// <summary>One update by the gradients and losses of all ranks, which travel together: a rank waits for the others once, after its backward pass. All come to the same verdict.</summary>
    /// <returns>The losses of all ranks; null where the guard refused the update.</returns>
    public LossMeans? Update(Player player, LossMeans own, long step)
    {
        var all = own.Copy();
        bool IsAccepted() => player.Guard?.AcceptsLoss(all.Terms) != false;
        if (player.Learns)
            return player.Update(step, all.Values, IsAccepted) ? all : null;
        FlatGradients.AverageAll(options.Communicator, all.Values);
        return IsAccepted() ? all : null;
    }

    /// <summary>Looks at a step that is done.</summary>
    /// <exception cref="NetworkException">A batch norm was called in a way that keeps it from being synchronized.</exception>
    public void End()
    {
        Context.ThrowIfFailed();
        foreach (var norm in norms)
            norm.ThrowIfBypassed();
    }

    public void Dispose()
    {
        foreach (var norm in norms)
            norm.Dispose();
    }

    private sealed class Step(AcrossRanks.Scope scope, IDisposable random) : IDisposable
    {
        public void Dispose()
        {
            random.Dispose();
            scope.Dispose();
        }
    }
}
