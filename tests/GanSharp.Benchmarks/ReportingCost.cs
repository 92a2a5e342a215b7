using System.Diagnostics;
using System.Globalization;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Live;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks;

/// <summary>What watching a run costs it: two runs that take turns, of which one is shown on the console, written into a folder and served as a page, all at their defaults.</summary>
internal static class ReportingCost
{
    // As samples/FashionMnist reports. Blocks of several reports, so that what a writer's thread has left to do is mostly in the block that it belongs to.
    private const int StepsPerReport = 125, ReportsPerBlock = 5;

    public static void Print(int pairs)
    {
        var folder = Directory.CreateTempSubdirectory("gansharp-reporting");
        try
        {
            using var garments = FashionMnist.Load(Path.Combine(RepositoryFile.Root, "samples", "FashionMnist", "data"));
            using var plainTrainer = Trainer(garments);
            using var shownTrainer = Trainer(garments);
            long steps = (pairs + 1) * ReportsPerBlock * StepsPerReport;
            using var written = RunFolder.Create(folder.FullName, shownTrainer);
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
            using var plain = plainTrainer.Train(steps).Every(StepsPerReport).GetEnumerator();
            using var shown = shownTrainer.Train(steps).Every(StepsPerReport).WithProgress(console).WithRunFolder(written).WithLivePage(written).GetEnumerator();
            // What compiles code, and makes the first picture.
            (_, _) = (Seconds(plain), Seconds(shown));
            var ratios = new List<double>();
            for (var pair = 0; pair < pairs; pair++)
            {
                var (first, second) = pair % 2 == 0 ? (plain, shown) : (shown, plain);
                var (one, other) = (Seconds(first), Seconds(second));
                var (without, with) = pair % 2 == 0 ? (one, other) : (other, one);
                ratios.Add(with / without);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}: {without:0.00} s, shown {with:0.00} s, {100 * (with / without - 1):+0.0;-0.0}%"));
            }
            var sorted = ratios.Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Median of {pairs} pairs: {100 * (sorted[pairs / 2] - 1):+0.0;-0.0}% (quartiles {100 * (sorted[pairs / 4] - 1):+0.0;-0.0}% and {100 * (sorted[3 * pairs / 4] - 1):+0.0;-0.0}%); {written.DroppedPictures} pictures and {written.DroppedReports} reports dropped."));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static GanTrainer Trainer(InMemoryDataset garments)
    {
        manual_seed(0);
        var image = new ImageShape(1, 28, 28);
        return new GanTrainer(new DcganGenerator(image, 64, 32), new DcganDiscriminator(image, 32), garments, new() { Objective = GanObjective.NonSaturating, EmaHalfLifeImages = 10_000 });
    }

    private static double Seconds(IEnumerator<StepReport> run)
    {
        var watch = Stopwatch.StartNew();
        for (var report = 0; report < ReportsPerBlock; report++)
            _ = run.MoveNext();
        return watch.Elapsed.TotalSeconds;
    }
}
