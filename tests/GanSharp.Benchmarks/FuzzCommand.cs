using System.Globalization;
using GanSharp.Tests.Fuzzing;
using Spectre.Console;

namespace GanSharp.Benchmarks;

/// <summary>The long run of the fuzzer over every reader of untrusted files. Fails where one threw anything but its own exceptions.</summary>
internal static class FuzzCommand
{
    private const int DefaultInputs = 120_000;

    public static int Run(string[] arguments)
    {
        var inputs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultInputs;
        var seed = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0;
        var folder = Directory.CreateTempSubdirectory("gansharp-fuzz-").FullName;
        Console.WriteLine($"{inputs:N0} inputs, seed {seed}; the one at work is {folder}/input");
        var targets = FuzzTargets.All(folder).ToArray();
        var table = new Table().AddColumns("reader", "inputs", "accepted", "refused", "rules", "KB", "MB", "ms", "faults");
        var results = targets.Select(target => Fuzzer.Run(target, (inputs + targets.Length - 1) / targets.Length, seed, folder)).ToArray();
        foreach (var target in targets)
            target.Dispose();
        foreach (var result in results)
            table.AddRow(
                result.Target, Number(result.Inputs), Number(result.Accepted), Number(result.Refused), Number(result.Rules),
                Number(result.LargestAllocatedBytes / 1024), Number(result.PeakGrowthBytes >> 20), Number((long)result.SlowestMilliseconds), Number(result.Faults.Count));
        AnsiConsole.Write(table);
        Console.WriteLine("rules: different refusals. KB: most managed memory of one input. MB: by how much the process's peak grew. ms: slowest input.");
        foreach (var fault in results.SelectMany(result => result.Faults))
            Console.WriteLine(fault);
        Directory.Delete(folder, recursive: true);
        return results.Any(result => result.Faults.Count > 0) ? 1 : 0;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
