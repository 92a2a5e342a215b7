namespace GanSharp.Diagnostics.Health;

/// <summary>Turning points of a noisy series.</summary>
internal static class TurningPoints
{
    /// <summary>
    /// Where the series turned after a move of at least <paramref name="amplitude"/>, as the indices at which each turn was complete:
    /// a monotone series has none, and noise below the amplitude doesn't count.
    /// </summary>
    public static IReadOnlyList<int> Turns(IReadOnlyList<double> series, double amplitude)
    {
        var turns = new List<int>();
        var (lowest, highest, direction) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        for (var index = 0; index < series.Count; index++)
        {
            var value = series[index];
            (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
            var next = value - lowest >= amplitude && direction <= 0 ? 1 : highest - value >= amplitude && direction >= 0 ? -1 : 0;
            if (next == 0)
                continue;
            if (direction != 0)
                turns.Add(index);
            (lowest, highest, direction) = (value, value, next);
        }
        return turns;
    }
}
