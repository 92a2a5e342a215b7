using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Live;
using Xunit;

namespace GanSharp.Tests.Reporting;

/// <summary>The page as a file.</summary>
public sealed partial class RunPageTests : IDisposable
{
    private const string Hostile = "</script><b>A & B</b>";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void The_file_holds_runs_and_pictures_and_asks_for_nothing()
    {
        using var served = new ServedFolder(Hostile, reports: 100);

        RunPage.Save(folder.File("report.html"), RunFolder.Open(served.Run));

        var page = File.ReadAllText(folder.File("report.html"));
        page.Should().NotContain(Hostile).And.NotContainAny("<!--head-->", "<!--scripts-->", "src=\"http", "href=\"http");
        page.Should().Contain("Copyright (c) 2022 Leon Sorokin", "uPlot's license wants to be in every copy");
        var run = JsonDocument.Parse(Data().Match(page).Groups[1].Value).RootElement.GetProperty("runs")[0];
        run.GetProperty("title").GetString().Should().Be(Hostile);
        run.GetProperty("records").GetArrayLength().Should().Be(100);
        var samples = run.GetProperty("samples").EnumerateArray().ToArray();
        samples.Should().HaveCount(RunPage.MaximumPictures);
        samples.Select(sample => sample.GetProperty("step").GetInt64()).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems().And.StartWith(10).And.EndWith(1000);
        Convert.FromBase64String(samples[^1].GetProperty("src").GetString()!["data:image/png;base64,".Length..]).Should().Equal(File.ReadAllBytes(Path.Combine(served.Run, "samples", "00001000.png")));
    }

    [Fact]
    public void The_page_of_a_long_run_is_of_bounded_size_and_so_is_what_the_writer_keeps_for_it()
    {
        using var served = new ServedFolder(reports: 1);
        var log = Path.Combine(served.Run, "reports.jsonl");
        var line = File.ReadLines(log).First();
        // Metrics, which every line has, at the second of 10,000 reports.
        string Bare(int step) => line.Replace("\"step\":10,", $"\"step\":{step},", StringComparison.Ordinal).Replace("\"metrics\"", "\"unmeasured\"", StringComparison.Ordinal);
        File.WriteAllLines(log, Enumerable.Range(1, 10_000).Select(step => step == 2 ? line.Replace("\"step\":10,", "\"step\":2,", StringComparison.Ordinal) : Bare(step)));

        RunPage.Save(folder.File("long.html"), RunFolder.Open(served.Run));

        var records = JsonDocument.Parse(Data().Match(File.ReadAllText(folder.File("long.html"))).Groups[1].Value).RootElement.GetProperty("runs")[0].GetProperty("records");
        long[] steps = [.. records.EnumerateArray().Select(record => record.GetProperty("step").GetInt64())];
        steps.Should().HaveCountLessThanOrEqualTo(2_002).And.BeInAscendingOrder().And.Contain([1, 2, 10_000]);
        RunFolder.OpenThinned(new RunLayout(served.Run)).Reports.Select(report => report.Step).Should().Equal(steps);
        RunFolder.Open(served.Run).Reports.Should().HaveCount(10_000);
    }

    [Fact]
    public void No_run_is_an_error_that_says_what_is_missing()
    {
        var save = () => RunPage.Save(folder.File("report.html"));

        save.Should().Throw<ArgumentException>().WithMessage("runs must hold at least one run but is empty.*");
    }

    public void Dispose() => folder.Dispose();

    [GeneratedRegex("id=\"run-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
