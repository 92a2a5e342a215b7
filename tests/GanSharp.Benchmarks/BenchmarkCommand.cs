using System.CommandLine;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Benchmarks.Micro;

namespace GanSharp.Benchmarks;

/// <summary>The command line. What it doesn't know goes to BenchmarkDotNet.</summary>
internal static class BenchmarkCommand
{
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Time for each measurement.", DefaultValueFactory = _ => 2 };

    private static RootCommand Root { get; } = new("""
        GanSharp's benchmarks. Run them in Release on a quiet machine.
        Other options go to BenchmarkDotNet: --filter '*' runs the micro-benchmarks.
        """)
    {
        Measure(), DiagnosticsCosts(),
    };

    public static bool Knows(string name) => name is "--help" or "-h" or "-?" || Root.Subcommands.Any(command => command.Name == name);

    public static int Run(string[] arguments) => Root.Parse(arguments is [] ? ["--help"] : arguments).Invoke();

    private static Command DiagnosticsCosts()
    {
        var command = new Command("diagnostics-cost", "What one report costs, as a share of the training between two reports.");
        command.SetAction(_ => DiagnosticsCost.Print());
        return command;
    }

    private static Command Measure()
    {
        var variant = new Argument<string>("variant");
        var workload = new Argument<string>("workload");
        var command = new Command("measure", "One variant of one workload in this process; prints one line of JSON.") { variant, workload, Seconds };
        command.SetAction(parsed => Console.WriteLine(
            Measurement.Take(Variant.Named(parsed.GetRequiredValue(variant)), Workload.Named(parsed.GetRequiredValue(workload)), parsed.GetValue(Seconds)).Write()));
        return command;
    }
}
