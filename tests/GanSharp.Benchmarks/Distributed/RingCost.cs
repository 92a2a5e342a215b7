namespace GanSharp.Benchmarks.Distributed;

/// <summary>
/// What an all-reduce costs over a network. A message takes α + bytes / bandwidth from one rank to another; then
/// <list type="bullet">
/// <item>a ring of N ranks takes 2 (N − 1) α + 2 (N − 1)/N · bytes / bandwidth, which moves no byte more than it must (Patarasuk and Yuan 2009);</item>
/// <item>recursive doubling takes ⌈log₂ N⌉ (α + bytes / bandwidth), which is less for small messages (Thakur et al. 2005).</item>
/// </list>
/// MPI libraries choose by the size, so the smaller one counts.
/// </summary>
/// <param name="Name">What tables call the network.</param>
/// <param name="Alpha">α, seconds from one rank to another.</param>
/// <param name="BytesPerSecond">Bandwidth of each rank's link.</param>
internal sealed record RingCost(string Name, double Alpha, double BytesPerSecond)
{
    /// <summary>Gigabits a second, as networks are sold.</summary>
    public static RingCost Of(double alphaMicroseconds, double gigabits) => new(FormattableString.Invariant($"{gigabits} Gb/s, {alphaMicroseconds} µs"), alphaMicroseconds * 1e-6, gigabits * 1e9 / 8);

    /// <summary>Seconds of an all-reduce.</summary>
    public double Seconds(int ranks, double bytes) => Math.Min(Ring(ranks, bytes), Doubling(ranks, bytes));

    /// <summary>Seconds of an all-reduce by a ring.</summary>
    public double Ring(int ranks, double bytes) => 2 * (ranks - 1) * (Alpha + bytes / ranks / BytesPerSecond);

    /// <summary>Seconds of an all-reduce by recursive doubling.</summary>
    public double Doubling(int ranks, double bytes) => Math.Ceiling(Math.Log2(ranks)) * (Alpha + bytes / BytesPerSecond);
}
