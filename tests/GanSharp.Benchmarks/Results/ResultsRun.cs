using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Evaluations;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Memorization;
using GanSharp.Metrics.Models;
using GanSharp.Networks.Weights;
using GanSharp.Reporting;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Results;

/// <summary>Trains each contestant with several seeds on the garments that ship with the samples, and measures all by the same metrics.</summary>
internal static class ResultsRun
{
    private const int MeasuredImages = 1_000, Pictured = 32;
    private const string Bound = "JS divergence, at least, nats (fresh auditor)";

    /// <summary>Returns the section for a document.</summary>
    /// <param name="contestants">Who is compared.</param>
    /// <param name="seconds">What those are given that set their own steps.</param>
    /// <param name="timesRuns">Whether the table says how long they took.</param>
    /// <param name="seeds">Seeds from 0.</param>
    /// <param name="folder">Where what was measured is kept; what is there is not measured again.</param>
    /// <param name="picture">PNG of samples of seed 0.</param>
    public static string Measure(IReadOnlyList<Contestant> contestants, double seconds, bool timesRuns, int seeds, string folder, string picture)
    {
        Directory.CreateDirectory(folder);
        using var garments = FashionMnist.Load(Path.Combine(RepositoryFile.Root, "samples", "FashionMnist", "data"));
        var outcomes = contestants.Select(contestant =>
        {
            // Of the first seed, so that all seeds have as many.
            long? steps = null;
            return Enumerable.Range(0, seeds).Select(seed =>
            {
                var outcome = Outcome(contestant, seed, garments, folder, () => steps ?? contestant.Steps(garments, seconds));
                steps = outcome.Steps;
                return outcome;
            }).ToArray();
        }).ToArray();
        Draw(contestants, garments, folder, picture);

        var metrics = outcomes[0][0].Values.Keys;
        string[] columns = ["", "real images", .. contestants.Select(contestant => contestant.Name)];
        List<string[]> rows = [["steps", "", .. outcomes.Select(runs => runs[0].Steps.ToString("N0", CultureInfo.InvariantCulture))]];
        // Of a run that set its steps by the clock, it says how well; the other seeds take the same steps, and their time is that of whatever else ran.
        if (timesRuns)
            rows.Add(["seconds, seed 0", "", .. outcomes.Select(runs => Spread.Number(runs[0].Seconds))]);
        foreach (var metric in metrics)
            rows.Add([metric, outcomes[0][0].OfReal.TryGetValue(metric, out var real) ? Spread.Number(real) : "", .. outcomes.Select(runs => Spread.Of(runs.Select(run => run.Values[metric])))]);
        var table = new ResultTable(string.Create(CultureInfo.InvariantCulture, $"{garments.Count:N0} garments, {Spread.Caption(seeds)}"), columns, rows);
        table.Print();
        return $"{Machine.Describe()}.\n\n{table.ToMarkdown()}";
    }

    private static ContestantOutcome Outcome(Contestant contestant, int seed, InMemoryDataset garments, string folder, Func<long> chooseSteps)
    {
        var path = Path.Combine(folder, $"{contestant.FileName}-{seed}.json");
        if (File.Exists(path))
            return ContestantOutcome.Read(path);
        var steps = chooseSteps();
        var watch = Stopwatch.StartNew();
        using var generator = contestant.Train(garments, seed, steps);
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"{contestant.Name}, seed {seed}: {steps:N0} steps in {seconds:0} s"));
        using var scope = NewDisposeScope();
        using var features = GarmentClassifier.Load();
        IMetric[] metrics =
        [
            .. Evaluation.DefaultMetrics(features, garments.SampleShape, MeasuredImages),
            PrecisionRecallDistributionMetric.F8(features, MeasuredImages), PrecisionRecallDistributionMetric.FOneEighth(features, MeasuredImages),
            new SlicedWassersteinMetric(samples: MeasuredImages), new ParzenWindowMetric(MeasuredImages), new MemorizationMetric(samples: MeasuredImages), new PerceptualPathLengthMetric(features, new() { Paths = 2_000 }),
        ];
        var report = Evaluation.Compare(garments, generator, new() { Metrics = metrics, Seed = seed });
        Console.Write(report);
        var values = new OrderedDictionary<string, double>();
        var ofReal = new OrderedDictionary<string, double>();
        foreach (var record in report.Records)
        {
            values[record.Metric] = record.Value;
            if (record.OfReal is { } real)
                ofReal[record.Metric] = real.Value;
        }
        values[Bound] = Auditor.Audit(generator, garments, Contestant.Discriminator, new() { MaximumSteps = 400, BatchSize = 64 }).Bound.Value;
        generator.SaveWeights(WeightsOf(contestant, seed, folder));
        var outcome = new ContestantOutcome(steps, seconds, values, ofReal);
        outcome.Save(path);
        return outcome;
    }

    private static string WeightsOf(Contestant contestant, int seed, string folder) => Path.Combine(folder, $"{contestant.FileName}-{seed}.safetensors");

    private static void Draw(IReadOnlyList<Contestant> contestants, InMemoryDataset garments, string folder, string picture)
    {
        using var scope = NewDisposeScope();
        List<(string, Tensor)> blocks = [("Real", garments.HeldOut!.Draw(seed: 0, position: 0, count: Pictured).Samples)];
        foreach (var contestant in contestants)
        {
            using var generator = contestant.Generator();
            generator.LoadWeights(WeightsOf(contestant, 0, folder));
            manual_seed(0);
            blocks.Add((contestant.Name, generator.Sample(Pictured)));
        }
        ImageGrid.SaveCaptioned(blocks, picture, columns: 4);
    }
}

/// <summary>What was measured of one run.</summary>
internal sealed record ContestantOutcome(long Steps, double Seconds, OrderedDictionary<string, double> Values, OrderedDictionary<string, double> OfReal)
{
    public static ContestantOutcome Read(string path) => JsonSerializer.Deserialize<ContestantOutcome>(File.ReadAllText(path)) ?? throw new InvalidDataException($"No outcome in {path}.");

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Indented));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
