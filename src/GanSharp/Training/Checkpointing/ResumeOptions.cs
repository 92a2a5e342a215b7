namespace GanSharp.Training.Checkpointing;

/// <summary>What a resumed run may do otherwise than the run that made the checkpoint.</summary>
public sealed record ResumeOptions
{
    /// <summary>
    /// Names of options that may differ from the checkpoint's, such as <c>nameof(TrainingOptions.BatchSize)</c>, "GeneratorOptimizer" with all that is in it,
    /// "LearningRate" for both optimizers, or "Data". Default none: any difference is refused, with a list. Diagnostics, metrics and guards may always differ.
    /// </summary>
    public IReadOnlyCollection<string> AllowedChanges { get; init; } = [];

    /// <summary>
    /// Whether to load the checkpoint that <see cref="CheckpointOptions.KeepBest"/> keeps in place of the newest. Default false. To train on from there, give
    /// <see cref="GanSharp.Training.Runs.TrainingRun{TReport}.WithCheckpoints"/> another folder: this one holds later steps.
    /// </summary>
    public bool Best { get; init; }
}
