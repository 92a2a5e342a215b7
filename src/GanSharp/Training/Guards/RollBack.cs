using GanSharp.Tensors;
using GanSharp.Training.Checkpointing;
using static TorchSharp.torch;

namespace GanSharp.Training.Guards;

/// <summary>
/// The last good state in memory, to which training returns where it diverged, with lower rates. The position in the data and the random streams
/// are not put back: the same batch would bring the same NaN.
/// </summary>
internal sealed class RollBack(GanTrainer trainer, GuardOptions options) : IStateful, IDisposable
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

    /// <summary>Takes a snapshot where one is due.</summary>
    public void RememberIfDue()
    {
        if (snapshot is null || trainer.Step - snapshotStep >= options.SnapshotEverySteps)
            Remember();
    }

    /// <summary>
    /// Takes a snapshot now. A checkpoint asks for one, so that no roll-back goes behind it: it would otherwise hold a future that was given up.
    /// </summary>
    public void Remember()
    {
        if (options.Policy != DivergencePolicy.RollBack)
            return;
        if (snapshot is null)
            snapshot = new StateSnapshot(trainer.State, onCpu: false);
        else
            snapshot.Update();
        snapshotStep = trainer.Step;
    }

    /// <summary>Returns to the snapshot.</summary>
    /// <exception cref="TrainingDivergedException">There were too many.</exception>
    public void Return(TrainingDivergedException divergence)
    {
        if (count == options.MaximumRollBacks)
            throw divergence.After(count);
        var position = trainer.SamplesSeen;
        var taken = count + 1;
        snapshot!.Restore();
        count = taken;
        ApplyRate();
        trainer.MoveTo(snapshotStep, position);
        trainer.Warnings.Add(FormattableString.Invariant(
            $"step {divergence.Step}: {divergence.Finding}; returned to step {snapshotStep} with the learning rates times {Math.Pow(options.RollBackRateFactor, count)}"));
    }

    public void Dispose() => snapshot?.Dispose();

    private void ApplyRate() => trainer.ScaleRates(Math.Pow(options.RollBackRateFactor, count));
}
