using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GanSharp.Benchmarks.Results;

namespace GanSharp.Benchmarks.Published;

/// <summary>Repeats an experiment with several seeds and keeps what was measured, so that it goes on where it was stopped.</summary>
internal static class PublishedRun
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Returns the table for a document.</summary>
    public static string Measure(Experiment experiment, int seeds, string folder)
    {
        Directory.CreateDirectory(folder);
        // Seed by seed, so that a run that is stopped has seen all entrants equally often.
        var outcomes = Enumerable.Range(0, seeds)
            .Select(seed => experiment.Entrants.Select(entrant => Outcome(entrant, seed, folder)).ToArray()).ToArray();
        string[] values = [.. outcomes[0][0].Keys];
        string[] columns = ["", .. values, .. experiment.Published is { } head ? [head] : Array.Empty<string>()];
        var rows = experiment.Entrants.Select((entrant, index) => (string[])
        [
            entrant.Name, .. values.Select(value => Spread.Of(outcomes.Select(bySeed => bySeed[index][value]))),
            .. experiment.Published is null ? Array.Empty<string>() : [entrant.Published],
        ]);
        var table = new ResultTable($"{experiment.Title}, {Spread.Caption(seeds)}", columns, [.. rows]);
        table.Print();
        return table.ToMarkdown();
    }

    private static OrderedDictionary<string, double> Outcome(Entrant entrant, int seed, string folder)
    {
        var path = Path.Combine(folder, $"{entrant.FileName}-{seed}.json");
        if (File.Exists(path))
            return JsonSerializer.Deserialize<OrderedDictionary<string, double>>(File.ReadAllText(path)) ?? throw new InvalidDataException($"No outcome in {path}.");
        var watch = Stopwatch.StartNew();
        var outcome = entrant.Measure(seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{entrant.Name}, seed {seed}, {watch.Elapsed.TotalSeconds:0} s: {string.Join(", ", outcome.Select(value => $"{value.Key} {Spread.Number(value.Value)}"))}"));
        File.WriteAllText(path, JsonSerializer.Serialize(outcome, Indented));
        return outcome;
    }
}
