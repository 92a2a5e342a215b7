namespace GanSharp.Training.Checkpointing;

/// <summary>When checkpoints are made, which are kept, and what happens where one can't be written.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Generator steps from one checkpoint to the next, at least 1; one more is made where the run ends. Default 1000.</summary>
    public long EverySteps { get; init; } = 1_000;

    /// <summary>The newest checkpoints to keep, at least 1. Default 3: one damaged by the disk still leaves two.</summary>
    public int KeepLast { get; init; } = 3;

    /// <summary>Checkpoints at multiples of this are kept for ever, at least 1; null (the default) for none. A multiple of <see cref="EverySteps"/> to have any.</summary>
    public long? KeepEverySteps { get; init; }

    /// <summary>What happens where one can't be written: the disk is full, say. Default <see cref="WriteFailurePolicy.Stop"/>.</summary>
    public WriteFailurePolicy OnWriteFailure { get; init; } = WriteFailurePolicy.Stop;

    internal void ThrowIfInvalid()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The checkpoint options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private IEnumerable<string> Faults()
    {
        if (EverySteps < 1)
            yield return $"EverySteps must be at least 1 but is {EverySteps}.";
        if (KeepLast < 1)
            yield return $"KeepLast must be at least 1 but is {KeepLast}.";
        if (KeepEverySteps < 1)
            yield return $"KeepEverySteps must be at least 1, or null for none, but is {KeepEverySteps}.";
        if (!Enum.IsDefined(OnWriteFailure))
            yield return $"OnWriteFailure must be a value of WriteFailurePolicy but is {OnWriteFailure}.";
    }
}
