namespace GanSharp.Training.Guards;

/// <summary>What a trainer does where a loss, a gradient or a parameter is NaN or infinite, or a network's weights explode.</summary>
public enum DivergencePolicy
{
    /// <summary>Throws <see cref="TrainingDivergedException"/> in the step in which it arose. The default: nothing is hidden.</summary>
    Stop,

    /// <summary>
    /// Leaves out the update that would have spread it, puts back what the step did to buffers (batch norm's statistics), and goes on with the next batch.
    /// For rare bad samples. Weights that are damaged already can't be skipped: training then stops.
    /// </summary>
    SkipStep,

    /// <summary>
    /// Puts both networks, their averages and optimizers back to the last good snapshot, lowers both learning rates and goes on with the data that comes next,
    /// so that a bad batch isn't met again.
    /// </summary>
    RollBack,
}
