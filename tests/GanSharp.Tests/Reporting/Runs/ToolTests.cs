using System.Text.RegularExpressions;
using FluentAssertions;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.Runs.Comparing;
using GanSharp.Tests.Training;
using GanSharp.Tool;
using SkiaSharp;
using Spectre.Console;
using Xunit;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>The gansharp command, and what it compares.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Show_says_what_a_run_has_come_to()
    {
        var run = Run("a");

        var (code, text, errors) = Tool("show", run);

        (code, errors).Should().Be((0, ""));
        text.Should().Contain("A GAN of ring of 8 Gaussians").And.Contain("step 4 of 4").And.Contain("Loss: discriminator").And.Contain("JS divergence is at least …, by D (lower is better), nats").And.Contain(RunFolder.Open(run).Reports[^1].Headline[..40]);
    }

    [Fact]
    public void Compare_puts_values_options_a_picture_and_a_page_beside_each_other()
    {
        var (first, second) = (Run("first", batchSize: 8), Run("second"));

        var (code, text, errors) = Tool("compare", first, second, "--output", folder.File("compared"));

        (code, errors).Should().Be((0, ""));
        text.Should().MatchRegex(@"last values\s+│ first\s+│ second").And.MatchRegex(@"BatchSize\s+│ 8\s+│ 16").And.Contain("Loss: generator").And.NotContain("Discriminator ");
        using var picture = SKBitmap.Decode(folder.File("compared", "compare.png"));
        picture.Height.Should().Be(new RunComparison(RunFolder.Open(first), RunFolder.Open(second)).Quantities.Count * 330 * 2);
        File.ReadAllText(folder.File("compared", "compare.html")).Should().Contain("second");
    }

    [Theory]
    [InlineData("108000", "30:00:00")]
    [InlineData("1e300", "--:--")]
    [InlineData("-5", "--:--")]
    [InlineData("null", "--:--")]
    public void A_time_of_days_is_shown_whole_and_one_that_is_none_stops_nothing(string seconds, string text)
    {
        var path = Run("timed");
        var file = Path.Combine(path, "reports.jsonl");
        File.WriteAllText(file, Regex.Replace(File.ReadAllText(file), "\"elapsedSeconds\":[^,]+", $"\"elapsedSeconds\":{seconds}"));

        var shown = Tool("show", path);
        var compared = Tool("compare", path, path, "--output", folder.File("compared"));

        (shown.Code, shown.Errors, compared.Code, compared.Errors).Should().Be((0, "", 0, ""));
        shown.Text.Should().Contain($"step 4 of 4, {text}, ");
        compared.Text.Should().MatchRegex($@"time\s+│ {text}\s+│ {text}");
    }

    [Fact]
    public void A_comparison_holds_the_last_values_with_their_intervals_and_names_that_differ()
    {
        var runs = new[] { Run("x", "run"), Run("y", "run") }.Select(RunFolder.Open).ToArray();

        var comparison = new RunComparison(runs);

        comparison.Names.Should().Equal("x/run", "y/run");
        comparison.Options.Should().BeEmpty();
        var bound = comparison.Quantities.Single(quantity => quantity.Name.Contains("by D"));
        bound.Last.Select(value => value!.Estimate).Should().Equal(runs.Select(run => run.Reports[^1].Estimates["js_bound_nats"]));
        bound.Unit.Should().Be("nats");
        bound.Curves.Should().OnlyContain(curve => curve.Count == 2);
        FluentActions.Invoking(() => new RunComparison([])).Should().Throw<ArgumentException>().WithMessage("runs must hold at least one run but is empty.*");
    }

    [Fact]
    public void Page_makes_the_page_again()
    {
        var run = Run("paged");
        File.Exists(RunFolder.Open(run).Page).Should().BeFalse();

        var (code, text, _) = Tool("page", run);

        code.Should().Be(0);
        text.Should().Contain("The page: ");
        File.ReadAllText(RunFolder.Open(run).Page).Should().Contain("A GAN of ring of 8 Gaussians");
    }

    [Fact]
    public void What_goes_wrong_is_one_sentence_and_an_exit_code()
    {
        using var run = new PointRun(new() { BatchSize = 16, Diagnostics = new() { Samples = 40 } });
        using (RunFolder.Create(folder.File("empty"), run.Trainer))
            Tool("compare", folder.File("empty"), folder.File("empty"), "-o", folder.File("out")).Errors.Should().Match("Error: Each run must have a report but '*empty' has none yet.*");
        foreach (var command in new[] { "show", "page" })
        {
            var (code, _, errors) = Tool(command, folder.File("nowhere"));
            code.Should().Be(1);
            errors.TrimEnd().Should().Match("Error: '*nowhere' must be a run's folder but isn't there.");
        }
    }

    public void Dispose() => folder.Dispose();

    private static (int Code, string Text, string Errors) Tool(params string[] arguments)
    {
        using StringWriter text = new(), errors = new();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        var code = ToolCommand.Run(arguments, console, errors);
        return (code, $"{text}", $"{errors}");
    }

    private string Run(string name, string? inner = null, int batchSize = 16)
    {
        var path = folder.File(inner is null ? [name] : [name, inner]);
        using var run = new PointRun(new() { BatchSize = batchSize, Diagnostics = new() { Samples = 40 } });
        using var written = RunFolder.Create(path, run.Trainer, new() { Samples = 0, DrawsPage = false });
        run.Trainer.Train(4).Every(2).WithRunFolder(written).Count().Should().Be(2);
        return path;
    }
}
