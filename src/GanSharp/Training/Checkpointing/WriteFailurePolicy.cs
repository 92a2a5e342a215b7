namespace GanSharp.Training.Checkpointing;

/// <summary>What a run does where a checkpoint can't be written. Those written before stay as they are in either case.</summary>
public enum WriteFailurePolicy
{
    /// <summary>Throws <see cref="CheckpointException"/> at the next step: hours of training that can't be saved are seldom wanted.</summary>
    Stop,

    /// <summary>Goes on, says so in <see cref="GanSharp.Training.Runs.TrainingReport.Warnings"/>, and tries again when the next checkpoint is due. A last checkpoint that fails is still thrown.</summary>
    Continue,
}
