using System.Globalization;

namespace GanSharp.Reporting.Consoles;

/// <summary>Durations as text. They come from files and from estimates, so any number is possible, and a <see cref="TimeSpan"/> doesn't hold every one.</summary>
internal static class DurationText
{
    // 114 years. Whoever reads more has an estimate that means nothing, or a damaged file.
    private const double LongestHours = 1_000_000;

    /// <summary>"02:05", from an hour on "1:02:05", and "30:00:00" where a day is over; "--:--" where the number is NaN, negative or above a million hours.</summary>
    /// <param name="seconds">The duration in seconds.</param>
    public static string Of(double seconds)
    {
        if (!(seconds >= 0 && seconds <= LongestHours * 3600))
            return "--:--";
        var (minutes, rest) = Math.DivRem((long)seconds, 60);
        return minutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes:00}:{rest:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}:{rest:00}");
    }
}
