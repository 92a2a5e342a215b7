namespace GanSharp.Training.Guards;

/// <summary>What a trainer does if a loss, a gradient or a parameter is NaN or infinite, or a network's weights explode.</summary>
public enum DivergencePolicy
{
    /// <summary>Throws <see cref="TrainingDivergedException"/> in the step in which it arose. The default, so that nothing is hidden.</summary>
    Stop,

    /// <summary>
    /// Skips the update that would have spread it, restores buffers that the step changed (batch norm's statistics) and the state of penalties, objective and augmentation (LeCam's averages), and continues with the next batch.
    /// For rare bad samples. If weights are already damaged, training stops.
    /// </summary>
    SkipStep,

    /// <summary>
    /// Restores both networks, their averages and optimizers from the last good snapshot, lowers both learning rates and continues with the data that comes next,
    /// so that a bad batch isn't used again.
    /// </summary>
    RollBack,
}
