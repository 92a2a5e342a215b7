using System.ComponentModel;

namespace GanSharp.Schedules;

/// <summary>
/// A number that changes with the step: a learning rate, a β, a penalty's weight. It is a pure function of the step, so a resumed run
/// continues where it was. A plain number converts to a constant schedule.
/// </summary>
[TypeConverter(typeof(ScheduleConverter))]
public sealed record Schedule
{
    private Schedule(double from, double to, long start, long steps, bool isCosine) =>
        (From, To, Start, Steps, IsCosine) = (from, to, start, steps, isCosine);

    /// <summary>Value up to <see cref="Start"/>.</summary>
    public double From { get; }

    /// <summary>Value from <see cref="Start"/> + <see cref="Steps"/> on.</summary>
    public double To { get; }

    /// <summary>Step at which the change begins.</summary>
    public long Start { get; }

    /// <summary>Steps that the change takes; 0 for a constant.</summary>
    public long Steps { get; }

    /// <summary>Whether the change follows half a cosine instead of a straight line.</summary>
    public bool IsCosine { get; }

    /// <summary>The same value at every step.</summary>
    /// <param name="value">The value.</param>
    /// <returns>A schedule whose <see cref="Steps"/> are 0.</returns>
    public static Schedule Constant(double value) => new(value, value, 0, 0, false);

    /// <summary>A change along a straight line.</summary>
    /// <param name="from">Value at <paramref name="start"/> and before.</param>
    /// <param name="to">Value at <paramref name="start"/> + <paramref name="steps"/> and after.</param>
    /// <param name="steps">Length of the change, at least 1.</param>
    /// <param name="start">Step at which it begins, at least 0. Default 0.</param>
    /// <returns>from + (to − from) t while it changes, where t is the share of the change that is done.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 1, or <paramref name="start"/> below 0.</exception>
    public static Schedule Linear(double from, double to, long steps, long start = 0) => Changing(from, to, start, steps, false);

    /// <summary>A change along half a cosine: slow at both ends.</summary>
    /// <returns>to + (from − to) (1 + cos πt) / 2 while it changes, where t is the share of the change that is done.</returns>
    /// <inheritdoc cref="Linear"/>
    public static Schedule Cosine(double from, double to, long steps, long start = 0) => Changing(from, to, start, steps, true);

    /// <summary>A constant schedule.</summary>
    /// <param name="value">The value at every step.</param>
    public static implicit operator Schedule(double value) => Constant(value);

    /// <summary>A constant schedule, for languages without implicit conversions.</summary>
    /// <param name="value">The value at every step.</param>
    /// <returns>What a number converts to: <see cref="Constant"/>.</returns>
    public static Schedule FromDouble(double value) => Constant(value);

    /// <summary>The value at a step.</summary>
    /// <param name="step">Steps taken before this one.</param>
    /// <returns>A number from <see cref="From"/> to <see cref="To"/>.</returns>
    public double At(long step)
    {
        if (Steps == 0)
            return From;
        var progress = Math.Clamp((step - Start) / (double)Steps, 0, 1);
        return To + (From - To) * (IsCosine ? (1 + Math.Cos(Math.PI * progress)) / 2 : 1 - progress);
    }

    /// <summary>Whether both ends satisfy a rule; values in between lie between the ends.</summary>
    internal bool All(Func<double, bool> rule) => rule(From) && rule(To);

    /// <summary>"0.001" or "0.001 → 0.0001".</summary>
    public override string ToString() => Steps == 0 ? FormattableString.Invariant($"{From}") : FormattableString.Invariant($"{From} → {To}");

    private static Schedule Changing(double from, double to, long start, long steps, bool isCosine)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return new Schedule(from, to, start, steps, isCosine);
    }
}
