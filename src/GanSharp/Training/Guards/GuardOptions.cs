namespace GanSharp.Training.Guards;

/// <summary>How a trainer watches for divergence, and what it does about it.</summary>
public sealed record GuardOptions
{
    /// <summary>What happens when training diverges. Default <see cref="DivergencePolicy.Stop"/>.</summary>
    public DivergencePolicy Policy { get; init; } = DivergencePolicy.Stop;

    /// <summary>
    /// Steps between checks, at least 1; null (the default) for every step on the CPU, where a check costs 0 to 4% of a step, and for every 16th on
    /// another device, where each check makes the host wait. A NaN that arises between checks is found at the next check, because it stays in the weights.
    /// Only <see cref="DivergencePolicy.Stop"/> can check less often than every step: for the other policies null means 1 on every device.
    /// </summary>
    public int? CheckEverySteps { get; init; }

    /// <summary>
    /// Factor by which a network's root-mean-square weight may grow from its initial value (or from 0.1 if that is less) before it counts as exploded, above 1.
    /// Default 1000: in normal training weights grow at most tenfold, and after such an explosion float32 overflows within a few steps.
    /// </summary>
    public double MaximumGrowth { get; init; } = 1_000;

    /// <summary>Updates that <see cref="DivergencePolicy.SkipStep"/> skips in a row before training stops, at least 1. Default 10.</summary>
    public int MaximumConsecutiveSkips { get; init; } = 10;

    /// <summary>Steps between the snapshots of <see cref="DivergencePolicy.RollBack"/>, at least 1. Default 100. They take as much memory as the training state.</summary>
    public int SnapshotEverySteps { get; init; } = 100;

    /// <summary>Roll-backs in a run before training stops, at least 1. Default 3: a run that needs more has another problem.</summary>
    public int MaximumRollBacks { get; init; } = 3;

    /// <summary>Factor by which each roll-back multiplies both learning rates, in (0, 1]. Default ½.</summary>
    public double RollBackRateFactor { get; init; } = 0.5;

    internal int Interval(bool isCpu) => CheckEverySteps ?? (isCpu || Policy != DivergencePolicy.Stop ? 1 : 16);

    internal IEnumerable<string> Faults(string name)
    {
        if (!Enum.IsDefined(Policy))
            yield return $"{name}.Policy must be a value of DivergencePolicy but is {Policy}.";
        if (CheckEverySteps < 1)
            yield return $"{name}.CheckEverySteps must be at least 1, or null, but is {CheckEverySteps}.";
        if (Policy != DivergencePolicy.Stop && CheckEverySteps > 1)
            yield return $"{name}.CheckEverySteps must be 1 or null for {Policy} but is {CheckEverySteps}.";
        if (!(MaximumGrowth > 1))
            yield return FormattableString.Invariant($"{name}.MaximumGrowth must be above 1 but is {MaximumGrowth}.");
        if (MaximumConsecutiveSkips < 1)
            yield return $"{name}.MaximumConsecutiveSkips must be at least 1 but is {MaximumConsecutiveSkips}.";
        if (SnapshotEverySteps < 1)
            yield return $"{name}.SnapshotEverySteps must be at least 1 but is {SnapshotEverySteps}.";
        if (MaximumRollBacks < 1)
            yield return $"{name}.MaximumRollBacks must be at least 1 but is {MaximumRollBacks}.";
        if (!(RollBackRateFactor is > 0 and <= 1))
            yield return FormattableString.Invariant($"{name}.RollBackRateFactor must lie in (0, 1] but is {RollBackRateFactor}.");
    }
}
