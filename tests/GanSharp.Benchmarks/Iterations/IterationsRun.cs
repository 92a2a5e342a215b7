using System.Globalization;
using Spectre.Console;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>Whole iterations, ours and the peers', in turn, so that whatever else the machine does falls on all of them.</summary>
internal static class IterationsRun
{
    // Each takes longer than a measurement, and what it measures hardly varies.
    private const int LimitRepeats = 3;

    public static string Measure(IReadOnlyList<Workload> workloads, int repeats, double seconds, bool processorTime)
    {
        var machine = Machine.Describe();
        var results = new IterationResults(workloads, processorTime);
        var peerComplaint = ChildProcess.PeerComplaint();
        var time = seconds.ToString(CultureInfo.InvariantCulture);
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var task = progress.AddTask("measuring", maxValue: repeats * workloads.Count);
            for (var repeat = 0; repeat < repeats; repeat++)
                foreach (var workload in workloads)
                {
                    foreach (var variant in Variant.All)
                        results.Add(workload, variant.Name, Measurement.Read(ChildProcess.Run("measure", variant.Name, workload.Name, "--seconds", time)));
                    if (peerComplaint is null)
                        results.Add(workload, Variant.PyTorch, Measurement.Read(ChildProcess.RunPeer(workload.Name, "--seconds", time)));
                    foreach (var variant in Variant.Ours)
                    {
                        if (repeat < LimitRepeats)
                            results.Add(workload, variant, Limits.Read(ChildProcess.Run(["limits", variant.Name, workload.Name, .. processorTime ? ["--processor-time"] : Array.Empty<string>()])));
                    }
                    if (repeat == 0)
                        foreach (var variant in Variant.All)
                            results.AddDifference(workload, variant, double.Parse(ChildProcess.Run("agreement", variant.Name, workload.Name), CultureInfo.InvariantCulture));
                    task.Increment(1);
                }
        });
        ResultTable[] tables = [.. results.Tables()];
        foreach (var table in tables)
            table.Print();
        string[] notes =
        [
            $"{machine}. Medians of {repeats} paired repeats of {time} s.",
            .. peerComplaint is null ? [] : new[] { $"PyTorch was left out: {peerComplaint}." },
            .. results.Compute(),
            results.Distance(),
        ];
        foreach (var note in notes)
            Console.WriteLine(note);
        return string.Join("\n\n", [notes[0], .. tables.Select(table => table.ToMarkdown()), string.Join('\n', notes.Skip(1).Select(note => $"- {note}"))]);
    }
}
