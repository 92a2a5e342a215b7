using System.Globalization;
using GanSharp.Benchmarks.Iterations;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>One rank with a communicator and two that train together, each in turns with the same without one; then all-reduces by size.</summary>
internal static class MpiScalingRun
{
    // One core each where there are as many; on fewer, waiting gives the core away.
    private static readonly string[] OpenMpi = ["--allow-run-as-root", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"];

    /// <param name="rounds">Of one rank; two take a quarter as many, of four times as many steps, since they wait for each other at both ends of a turn.</param>
    public static string Measure(string launcher, string workload, int rounds, double seconds)
    {
        var machine = Machine.Describe();
        MpiPace Ranks(int count, int rounds, int steps) => MpiPace.Read(Launch(launcher, count, "mpi-pace", workload, "--rounds", $"{rounds}", "--steps", $"{steps}"));
        var one = Ranks(1, rounds, 1);
        var two = Ranks(2, Math.Max(1, rounds / 4), 4);
        var times = AllReduceTimes.Read(Launch(launcher, 2, "mpi-all-reduce", "--seconds", seconds.ToString(CultureInfo.InvariantCulture)));

        // As many samples on each rank: twice the ranks do twice the work in the same time.
        string[] Row(string name, MpiPace pace, IReadOnlyList<double> milliseconds, int ranks)
        {
            var (median, least, most) = Timing.MedianInterval([.. pace.Alone.Zip(milliseconds, (alone, step) => ranks * alone / step)]);
            return [name, (ranks * pace.BatchSize * 1_000 / Timing.Median(milliseconds)).ToString("#,0", CultureInfo.InvariantCulture), FormattableString.Invariant($"{median:0.000} [{least:0.000}, {most:0.000}]")];
        }
        var table = new ResultTable(
            $"{workload}, each rank one thread and a batch of its own", ["", "samples/s", "of one process in the same round: median [95% interval]"],
            [
                Row("1 rank", one, one.Together, 1),
                Row("2 processes that say nothing to each other", two, two.Apart, 2),
                Row("2 ranks", two, two.Together, 2),
            ]);
        var (alpha, beta) = times.Fit();
        var (apart, measured) = (Timing.Median(two.Apart), Timing.Median(two.Together));
        var exchanges = two.Calls * alpha + two.Bytes * beta;
        var sizes = new ResultTable(
            "One all-reduce of float32 by 2 ranks", ["bytes", "ms", "α + β · bytes"],
            [.. times.Bytes.Zip(times.Milliseconds, (bytes, milliseconds) => (string[])[bytes.ToString("#,0", CultureInfo.InvariantCulture), Number(milliseconds), Number(alpha + beta * bytes)])]);
        table.Print();
        sizes.Print();
        var notes = FormattableString.Invariant(
            $"{machine}. {two.Library}. {one.Alone.Count} rounds of 1 step for 1 rank, {two.Alone.Count} of 4 for 2. Fit: α = {1_000 * alpha:0} µs, 1/β = {1e-6 / beta:0.00} GB/s. A step of 2 ranks makes {two.Calls:0.#} exchanges of {two.Bytes / 1e6:0.00} MB, by the fit {exchanges:0.0} ms; with the {apart:0.0} ms of two processes that say nothing to each other that predicts {apart + exchanges:0.0} ms, and {measured:0.0} ms were measured.");
        Console.WriteLine(notes);
        return string.Join("\n\n", notes, table.ToMarkdown(), sizes.ToMarkdown());
    }

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Launch(string launcher, int ranks, params string[] arguments) =>
        ChildProcess.RunProgram(launcher, [.. launcher.Contains("openmpi", StringComparison.Ordinal) ? OpenMpi : [], "-n", $"{ranks}", Environment.ProcessPath!, .. arguments]);
}
