using System.CommandLine;
using System.Globalization;
using GanSharp.Data;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Players;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Runtime;
using GanSharp.Safetensors;
using GanSharp.Training;
using GanSharp.Training.Guards;
using GanSharp.Training.Runs;

namespace GanSharp.Samples;

/// <summary>What the samples' command lines share: Ctrl-C, an output folder, and errors that are one sentence and no stack trace.</summary>
internal static class SampleCommand
{
    private const int Failed = 1, Interrupted = 130;

    public static Option<DirectoryInfo> Output(string name) => new("--output", "-o")
    {
        Description = "Folder for pictures and tables; made where it isn't there.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", name)),
    };

    public static Option<int> Seed { get; } = new("--seed") { Description = "Determines weights, data order and latents.", DefaultValueFactory = _ => 0 };

    public static Option<Precision> Precision { get; } = new Option<Precision>("--precision") { Description = "Type in which the networks compute: BFloat16 is faster where the processor has instructions for it.", DefaultValueFactory = _ => GanSharp.Players.Precision.Float32 }.OneOfItsNames();

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Of a run, show warnings and the end only." };

    public static Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Of a run, show every term of the losses and every metric too." };

    /// <summary>How much of a run the console shows.</summary>
    public static ConsoleVerbosity Verbosity { get; private set; } = ConsoleVerbosity.Normal;

    /// <summary>Runs a command whose work gets the parsed options and a token that Ctrl-C cancels.</summary>
    public static int Run(RootCommand command, string[] arguments, Action<ParseResult, CancellationToken> work)
    {
        SetWork(command, work);
        return command.Parse(arguments).WithoutHelp().Invoke();
    }

    /// <summary>Gives a command its work: a command line with several commands sets that of each.</summary>
    public static void SetWork(Command command, Action<ParseResult, CancellationToken> work) =>
        command.SetAction(parsed =>
        {
            Verbosity = parsed.GetValue(Quiet) ? ConsoleVerbosity.Quiet : parsed.GetValue(Verbose) ? ConsoleVerbosity.Verbose : ConsoleVerbosity.Normal;
            using var interruption = new ConsoleInterruption();
            try
            {
                // A newcomer's machine has a browser and an editor open, beside which spinning threads are many times slower.
                Console.WriteLine(new ComputeTuning { PassiveWaiting = true }.Apply());
                work(parsed, interruption.Token);
                return interruption.Token.IsCancellationRequested ? Interrupted : 0;
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException
                or InvalidDatasetException or InvalidSafetensorsException or WeightsMismatchException or NetworkException or TrainingDivergedException or TrainingFailedException or TorchRuntimeException)
            {
                Console.Error.WriteLine($"Error: {exception.Message}");
                return Failed;
            }
        });

    /// <summary>Says how far the generator is from the data, by whom it was measured, and what the run's health is.</summary>
    public static void Conclude(StepReport last)
    {
        Console.WriteLine(last.Step < last.LastStep ? $"Stopped before step {last.LastStep:N0}; the last report is of step {last.Step:N0}." : $"Trained {last.Step:N0} steps.");
        if (last.Divergence is { } distance)
            Console.WriteLine($"{distance}.");
        if (last.Divergence is { Bound: not null })
            Console.WriteLine($"0 means the same, ln 2 = 0.693 nothing in common; a stronger auditor may find more. Measured: {last.Diagnostics!.Model}.");
        foreach (var finding in last.Health?.Findings ?? [])
            Console.WriteLine($"Health: {finding}.");
    }

    /// <summary>Says where everything of the run is, and what of it couldn't be written.</summary>
    /// <param name="run">The run.</param>
    /// <param name="picture">What to look at first, in the run's folder; null for nothing.</param>
    public static void Conclude(RunFolder run, string? picture = null)
    {
        foreach (var warning in run.Warnings)
            Console.Error.WriteLine($"Warning: {warning}");
        Console.WriteLine(picture is null ? $"Open {run.Page} for everything on one page." : $"Open {picture}, or {Path.GetFileName(run.Page)} beside it for everything on one page.");
    }

    /// <summary>A table of what was measured, what real images get, and what each number means.</summary>
    public static void Show(IReadOnlyDictionary<string, MetricReading> readings, IReadOnlyList<(IMetric Metric, string Meaning)> metrics)
    {
        if (readings.Count == 0)
            return;
        var rows = metrics.Where(entry => readings.ContainsKey(entry.Metric.Name)).Select(entry => (entry.Metric.Name, Reading: readings[entry.Metric.Name], entry.Meaning)).ToArray();
        var width = rows.Max(row => row.Name.Length);
        Console.WriteLine($"{"Metric".PadRight(width)}  {"generated",-16}real images");
        foreach (var (name, reading, meaning) in rows)
            Console.WriteLine($"{name.PadRight(width)}  {Short(reading.Interval),-16}{Short(reading.OfReal),-16}{meaning}");
    }

    /// <summary>"0.123 ± 0.004", with the digits that the interval leaves; empty where there is none.</summary>
    public static string Short(Estimate? interval)
    {
        if (interval is not { } estimate)
            return "";
        var half = (estimate.Upper - estimate.Lower) / 2;
        var format = half >= 10 ? "0" : half >= 1 ? "0.0" : "0.000";
        return $"{estimate.Value.ToString(format, CultureInfo.InvariantCulture)} ± {half.ToString(format, CultureInfo.InvariantCulture)}";
    }

    /// <summary>Makes the folder and proves that it can be written, before any work is done.</summary>
    public static string Prepare(DirectoryInfo folder)
    {
        folder.Create();
        var probe = Path.Combine(folder.FullName, ".gansharp-probe");
        File.WriteAllText(probe, "");
        File.Delete(probe);
        return folder.FullName;
    }
}
