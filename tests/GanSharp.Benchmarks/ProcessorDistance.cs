using System.Diagnostics;

namespace GanSharp.Benchmarks;

/// <summary>
/// How far two threads are from each other: the time that a number takes to the other's cache and back. Below some 100 ns they share a cache. A virtual
/// machine's processors may be moved apart, to where they share none, and what one thread has written is then slow for the other to read.
/// </summary>
internal static class ProcessorDistance
{
    /// <summary>Above this they share no cache: measured 55 to 90 ns where they do and 260 to 380 where they don't.</summary>
    public const double FarNanoseconds = 150;

    private const int Batches = 15, RoundTripsABatch = 300;

    /// <summary>Nanoseconds of a round trip: the median of some batches.</summary>
    public static double Measure()
    {
        // Neither spins against the other where there is one processor.
        if (Environment.ProcessorCount == 1)
            return 0;
        var ball = 0;
        var other = new Thread(() =>
        {
            for (var turn = 1; turn < 2 * Batches * RoundTripsABatch; turn += 2)
            {
                while (Volatile.Read(ref ball) != turn)
                {
                }
                Volatile.Write(ref ball, turn + 1);
            }
        });
        other.Start();
        var times = new List<double>();
        for (var (batch, turn) = (0, 0); batch < Batches; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var trip = 0; trip < RoundTripsABatch; trip++)
            {
                Volatile.Write(ref ball, ++turn);
                turn++;
                while (Volatile.Read(ref ball) != turn)
                {
                }
            }
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / RoundTripsABatch);
        }
        other.Join();
        return Iterations.Timing.Median(times);
    }
}
