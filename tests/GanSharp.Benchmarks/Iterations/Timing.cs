using System.Diagnostics;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>Times repeated work in blocks, so that a disturbance falls into one block and the median leaves it out.</summary>
internal static class Timing
{
    private const double BlockSeconds = 0.1;

    /// <summary>Milliseconds that one call takes after a warm-up: by the wall clock (median over blocks), and of all threads' processor time (mean).</summary>
    /// <param name="seconds">Time to spend on the measurement.</param>
    /// <param name="run">Does the work as many times as it is told.</param>
    public static Duration PerCall(double seconds, Action<int> run)
    {
        var warmUpSeconds = Math.Min(0.5, seconds / 2);
        var blockSeconds = Math.Min(BlockSeconds, seconds / 5);
        var calls = 1;
        for (var (watch, last) = (Stopwatch.StartNew(), 0.0); watch.Elapsed.TotalSeconds < warmUpSeconds || last < blockSeconds / 2;)
        {
            var start = watch.Elapsed.TotalSeconds;
            run(calls);
            last = watch.Elapsed.TotalSeconds - start;
            if (last < blockSeconds / 2)
                calls *= 2;
        }
        var blocks = new List<double>();
        var processor = Environment.CpuUsage.TotalTime;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds || blocks.Count < 3;)
        {
            var start = watch.Elapsed.TotalMilliseconds;
            run(calls);
            blocks.Add((watch.Elapsed.TotalMilliseconds - start) / calls);
        }
        return new Duration(Median(blocks), (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / (blocks.Count * calls));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median and its 95% interval by order statistics, which assumes nothing of how the values are distributed (David and Nagaraja 2003, section 7.1).</summary>
    public static (double Median, double Least, double Most) MedianInterval(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var half = 1.96 * Math.Sqrt(sorted.Length) / 2;
        var (least, most) = ((int)Math.Floor((sorted.Length - 1) / 2.0 - half), (int)Math.Ceiling((sorted.Length - 1) / 2.0 + half));
        return (Median(sorted), sorted[Math.Max(0, least)], sorted[Math.Min(sorted.Length - 1, most)]);
    }
}
