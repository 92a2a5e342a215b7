namespace GanSharp.Training.Checkpointing;

/// <summary>When checkpoints are made, which are kept, and what happens where one can't be written.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Generator steps from one checkpoint to the next, at least 1; one more is made where the run ends. Default 1000.</summary>
    public long EverySteps { get; init; } = 1_000;

    /// <summary>The newest checkpoints to keep, at least 1. Default 3: one damaged by the disk still leaves two.</summary>
    public int KeepLast { get; init; } = 3;

    /// <summary>Checkpoints at multiples of this are kept forever, at least 1; null (the default) for none. Choose a multiple of <see cref="EverySteps"/>: other steps have no checkpoint to keep.</summary>
    public long? KeepEverySteps { get; init; }

    /// <summary>What happens where one can't be written: the disk is full, say. Default <see cref="WriteFailurePolicy.Stop"/>.</summary>
    public WriteFailurePolicy OnWriteFailure { get; init; } = WriteFailurePolicy.Stop;

    /// <summary>
    /// Name of a metric of <see cref="GanSharp.Training.Runs.RunOptions.Metrics"/>; null (the default) for none. At each report where it is better than ever before, a checkpoint is made,
    /// and the best one is kept until a better one is written, beside <see cref="KeepLast"/>. <see cref="ResumeOptions.Best"/> loads it.
    /// </summary>
    public string? KeepBest { get; init; }

    /// <param name="metrics">Names of the metrics that the run measures.</param>
    internal void ThrowIfInvalid(IReadOnlyCollection<string> metrics)
    {
        var faults = Faults(metrics).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The checkpoint options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults(IReadOnlyCollection<string> metrics)
    {
        if (EverySteps < 1)
            yield return $"EverySteps must be at least 1 but is {EverySteps}.";
        if (KeepLast < 1)
            yield return $"KeepLast must be at least 1 but is {KeepLast}.";
        if (KeepEverySteps < 1)
            yield return $"KeepEverySteps must be at least 1, or null for none, but is {KeepEverySteps}.";
        if (!Enum.IsDefined(OnWriteFailure))
            yield return $"OnWriteFailure must be a value of WriteFailurePolicy but is {OnWriteFailure}.";
        if (KeepBest is not null && !metrics.Contains(KeepBest))
            yield return $"KeepBest must be null or the name of a metric of TrainingOptions.Metrics ({(metrics.Count == 0 ? "which has none" : string.Join(", ", metrics.Select(name => $"'{name}'")))}) but is '{KeepBest}'.";
    }
}
