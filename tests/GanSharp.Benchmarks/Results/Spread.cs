using System.Globalization;

namespace GanSharp.Benchmarks.Results;

/// <summary>Values of several seeds as a table shows them.</summary>
internal static class Spread
{
    /// <summary>Mean and standard error, or the one value.</summary>
    public static string Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var mean = all.Average();
        if (all.Length < 2)
            return Number(mean);
        return $"{Number(mean)} ± {Number(Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1) / all.Length))}";
    }

    /// <summary>What a table's title says of it.</summary>
    public static string Caption(int seeds) => seeds == 1 ? "1 seed" : $"{seeds} seeds: mean ± standard error over seeds";

    public static string Number(double value) => value.ToString(Math.Abs(value) >= 20 ? "#,0" : Math.Abs(value) >= 2 ? "0.0" : "0.000", CultureInfo.InvariantCulture);
}
