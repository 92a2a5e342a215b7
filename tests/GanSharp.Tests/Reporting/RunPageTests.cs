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
    public void No_run_is_an_error_that_says_what_is_missing()
    {
        var save = () => RunPage.Save(folder.File("report.html"));

        save.Should().Throw<ArgumentException>().WithMessage("runs must hold at least one run but is empty.*");
    }

    public void Dispose() => folder.Dispose();

    [GeneratedRegex("id=\"run-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
