using System.Globalization;
using GanSharp.Benchmarks.Iterations;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>One process, one with a communicator, and two that train together, in turns, so that whatever else the machine does falls on all; then all-reduces by size.</summary>
internal static class MpiScalingRun
{
    // One core each where there are as many; on fewer, waiting gives the core away.
    private static readonly string[] OpenMpi = ["--allow-run-as-root", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"];

    public static string Measure(string launcher, string workload, int repeats, double seconds, bool processorTime)
    {
        var machine = Machine.Describe();
        var time = seconds.ToString(CultureInfo.InvariantCulture);
        MpiPace Alone() => MpiPace.Read(ChildProcess.Run("mpi-pace", workload, "--seconds", time));
        MpiPace Ranks(int count) => MpiPace.Read(Launch(launcher, count, "mpi-pace", workload, "--communicator", "--seconds", time));
        var rounds = new List<(MpiPace Alone, MpiPace One, MpiPace Two)>();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            // Backwards every second time: what comes first has the cooler machine.
            var isForward = repeat % 2 == 0;
            var first = isForward ? Alone() : null;
            var last = isForward ? null : Ranks(2);
            var one = Ranks(1);
            rounds.Add((first ?? Alone(), one, last ?? Ranks(2)));
            Console.WriteLine(FormattableString.Invariant($"round {repeat + 1} of {repeats}: {rounds[^1].Alone.SamplesPerSecond(processorTime):0} | {one.SamplesPerSecond(processorTime):0} | {rounds[^1].Two.SamplesPerSecond(processorTime):0} samples/s"));
        }
        var times = AllReduceTimes.Read(Launch(launcher, 2, "mpi-all-reduce", "--seconds", (seconds / 4).ToString(CultureInfo.InvariantCulture)));

        string Speed(Func<(MpiPace Alone, MpiPace One, MpiPace Two), MpiPace> of) => Timing.Median(rounds.Select(round => of(round).SamplesPerSecond(processorTime))).ToString("#,0", CultureInfo.InvariantCulture);
        string Ratio(Func<(MpiPace Alone, MpiPace One, MpiPace Two), MpiPace> of)
        {
            var ratios = rounds.Select(round => of(round).SamplesPerSecond(processorTime) / round.Alone.SamplesPerSecond(processorTime)).ToArray();
            return FormattableString.Invariant($"{Timing.Median(ratios):0.00} [{ratios.Min():0.00}, {ratios.Max():0.00}]");
        }
        var table = new ResultTable(
            $"{workload}, each rank one thread and a batch of its own, by {(processorTime ? "rank 0's processor time" : "the wall clock")}", ["", "samples/s", "of one process: median [least, most] of the rounds"],
            [
                ["one process", Speed(round => round.Alone), "1"],
                ["1 rank", Speed(round => round.One), Ratio(round => round.One)],
                ["2 ranks", Speed(round => round.Two), Ratio(round => round.Two)],
            ]);
        var (alpha, beta) = times.Fit();
        var two = rounds[0].Two;
        var alone = Timing.Median(rounds.Select(round => round.Alone.Milliseconds.By(processorTime)));
        var measured = Timing.Median(rounds.Select(round => round.Two.Milliseconds.By(processorTime)));
        var exchanges = two.Calls * alpha + two.Bytes * beta;
        var sizes = new ResultTable(
            "One all-reduce of float32 by 2 ranks", ["bytes", "ms", "α + β · bytes"],
            [.. times.Bytes.Zip(times.Milliseconds, (bytes, milliseconds) => (string[])[bytes.ToString("#,0", CultureInfo.InvariantCulture), Number(milliseconds), Number(alpha + beta * bytes)])]);
        table.Print();
        sizes.Print();
        var notes = FormattableString.Invariant(
            $"{machine}. {two.Library}. Medians of {repeats} rounds of {seconds} s each, in turns. Fit: α = {1_000 * alpha:0} µs, 1/β = {1e-6 / beta:0.00} GB/s. A step of 2 ranks makes {two.Calls:0.#} exchanges of {two.Bytes / 1e6:0.00} MB, by the fit {exchanges:0.0} ms; with one process's {alone:0.0} ms that predicts {alone + exchanges:0.0} ms, and {measured:0.0} ms were measured.");
        Console.WriteLine(notes);
        return string.Join("\n\n", notes, table.ToMarkdown(), sizes.ToMarkdown());
    }

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Launch(string launcher, int ranks, params string[] arguments) =>
        ChildProcess.RunProgram(launcher, [.. launcher.Contains("openmpi", StringComparison.Ordinal) ? OpenMpi : [], "-n", $"{ranks}", Environment.ProcessPath!, .. arguments]);
}
