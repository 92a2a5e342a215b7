using GanSharp.Tensors;
using GanSharp.Training.State;
using static TorchSharp.torch;

namespace GanSharp.Training.Guards;

/// <summary>
/// The last good state, kept in memory, to which training returns after a divergence, with lower learning rates. The position in the data and the random streams
/// aren't restored, because the same batch would cause the same NaN.
/// </summary>
/// <param name="state">The state to copy and restore.</param>
/// <param name="options">When, and how often.</param>
/// <param name="scaleRates">Multiplies the learning rates of both optimizers.</param>
internal sealed class RollBack(TrainingState state, GuardOptions options, Action<double> scaleRates) : IStateful, IDisposable
{
    private StateSnapshot? snapshot;
    private long snapshotStep;
    private int count;

    public IReadOnlyList<(string Name, Tensor Value)> State => [];

    public double[] Scalars
    {
        get => [count];
        set
        {
            count = (int)value[0];
            ApplyRate();
        }
    }

    /// <summary>Takes a snapshot if one is due.</summary>
    public void RememberIfDue()
    {
        if (snapshot is null || state.Step - snapshotStep >= options.SnapshotEverySteps)
            Remember();
    }

    /// <summary>
    /// Takes a snapshot now. Done at every checkpoint, so that no roll-back returns to a step before it; otherwise the checkpoint would contain steps that were undone.
    /// </summary>
    public void Remember()
    {
        if (options.Policy != DivergencePolicy.RollBack)
            return;
        if (snapshot is null)
            snapshot = new StateSnapshot(state, onCpu: false);
        else
            snapshot.Update();
        snapshotStep = state.Step;
    }

    /// <summary>Restores the snapshot.</summary>
    /// <exception cref="TrainingDivergedException">There were too many.</exception>
    public void Return(TrainingDivergedException divergence)
    {
        if (count == options.MaximumRollBacks)
            throw divergence.After(count);
        var position = state.SamplesSeen;
        var taken = count + 1;
        snapshot!.Restore();
        count = taken;
        ApplyRate();
        (state.Step, state.SamplesSeen) = (snapshotStep, position);
        state.Warnings.RolledBack(divergence.Step, divergence.Finding, snapshotStep, Math.Pow(options.RollBackRateFactor, count));
    }

    public void Dispose() => snapshot?.Dispose();

    private void ApplyRate() => scaleRates(Math.Pow(options.RollBackRateFactor, count));
}
