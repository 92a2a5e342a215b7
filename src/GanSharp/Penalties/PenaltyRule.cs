using GanSharp.Schedules;

namespace GanSharp.Penalties;

/// <summary>The rules for arguments that all penalties have.</summary>
internal static class PenaltyRule
{
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite at some step.</exception>
    public static Schedule Weight(Schedule weight, string name = "weight")
    {
        ArgumentNullException.ThrowIfNull(weight, name);
        return weight.All(value => value >= 0 && double.IsFinite(value)) ? weight
            : throw new ArgumentOutOfRangeException(name, weight.ToString(), $"{name} must be finite and at least 0.");
    }

    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public static int EverySteps(int everySteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(everySteps, 1);
        return everySteps;
    }

    /// <exception cref="ArgumentOutOfRangeException">It isn't finite and above 0.</exception>
    public static double Positive(double value, string name) => value > 0 && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and above 0.");

    /// <exception cref="ArgumentOutOfRangeException">It isn't from 0 to 1, 1 excluded.</exception>
    public static double Decay(double decay) => decay is >= 0 and < 1 ? decay
        : throw new ArgumentOutOfRangeException(nameof(decay), decay, "decay must be at least 0 and below 1.");
}
