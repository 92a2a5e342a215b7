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
            (_, _) = (Block(plain), Block(shown));
            var (time, processorTime) = (new List<double>(), new List<double>());
            for (var pair = 0; pair < pairs; pair++)
            {
                var (first, second) = pair % 2 == 0 ? (plain, shown) : (shown, plain);
                var (one, other) = (Block(first), Block(second));
                var (without, with) = pair % 2 == 0 ? (one, other) : (other, one);
                time.Add(with.Seconds / without.Seconds - 1);
                processorTime.Add(with.ProcessorSeconds / without.ProcessorSeconds - 1);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {pair + 1}: {without.Seconds:0.00} s, shown {Percent(time[^1])}; {without.ProcessorSeconds:0.00} s of processor time, shown {Percent(processorTime[^1])}"));
            }
            Console.WriteLine($"Median of {pairs} pairs, with quartiles: time {Spread(time)}; processor time {Spread(processorTime)}; {written.DroppedPictures} pictures and {written.DroppedReports} reports dropped.");
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

    private static (double Seconds, double ProcessorSeconds) Block(IEnumerator<StepReport> run)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        for (var report = 0; report < ReportsPerBlock; report++)
            _ = run.MoveNext();
        return (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static string Spread(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return $"{Percent(sorted[sorted.Length / 2])} ({Percent(sorted[sorted.Length / 4])} to {Percent(sorted[3 * sorted.Length / 4])})";
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:+0.0;-0.0}%");
}
