using System.Globalization;
using System.Text;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Health;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Reporting;
using GanSharp.Reporting.Consoles;
using GanSharp.Training;
using Spectre.Console;
using Xunit;

namespace GanSharp.Tests.Reporting;

public sealed class ConsoleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly GaussianMixture data = Mixtures.Ring();
    private readonly MlpGenerator generator = new(2, 8, 2);
    private readonly MlpDiscriminator discriminator = new(2, 8);

    [Fact]
    public void A_log_gets_lines_without_control_codes_and_the_reports_pass_through()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal: false);

        var reports = trainer.Train(20).Every(5).WithProgress(console).ToList();

        reports.Select(report => report.Step).Should().Equal(5, 10, 15, 20);
        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines[0].Should().StartWith("step      5  loss D ").And.EndWith(" left");
        lines[^1].Should().StartWith("step     20  loss D ").And.EndWith("00:00 left");
        output.ToString().Should().NotContain("\u001b").And.NotContain("\r");
    }

    [Fact]
    public void A_terminal_gets_a_bar_with_rate_and_time_left()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal: true);

        trainer.Train(20).Every(5).WithProgress(console).Should().HaveCount(4);

        output.ToString().Should().Contain("100%").And.Contain("step 20 of 20").And.Contain("samples/s").And.Contain("00:00 left");
        output.ToString().Should().Contain("loss D ").And.Contain("loss G ").And.Contain("A Jensen-Shannon divergence of at least ").And.Contain("balanced: G's samples are ");
        output.ToString().Should().EndWith("\u001b[J", "what comes next stands below the lines").And.NotContain("\u001b[?25l", "a terminal without a cursor could be left behind");
    }

    [Theory]
    [InlineData(120, 40, false)]
    [InlineData(80, 24, true)]
    [InlineData(40, 24, false)]
    [InlineData(20, 5, true)]
    [InlineData(3, 2, false)]
    [InlineData(1, 1, true)]
    public void Lines_fit_a_terminal_of_any_size(int width, int height, bool isVerbose)
    {
        var (console, _) = Console(isTerminal: true, width, height);
        var report = PictureTests.Report(1_000, 0.25) with
        {
            Health = new([new(HealthVerdict.GeneratorCollapsed, string.Concat(Enumerable.Repeat("evidence ", 40)), "Do [something] about it"), new(HealthVerdict.Oscillating, "it swings", "Lower the rates")]),
            Terms = Enumerable.Range(0, 12).ToDictionary(term => $"discriminator/term {term}", term => (double)term),
            Metrics = new Dictionary<string, MetricReading> { ["Fréchet distance (garments)"] = new(1, null, 1_000, MetricGoal.Lower) },
            Warnings = ["step 990: a [loss] is NaN; this update of the generator was skipped"],
        };

        var lines = DisplayLines.Of(console, isVerbose ? ConsoleVerbosity.Verbose : ConsoleVerbosity.Normal, new(1_000, 2_000, 0.5, SecondsLeft: 60, 1_234), report);

        lines.Should().OnlyContain(line => line.CellCount() < Math.Max(2, width));
        lines.Count.Should().BeInRange(1, Math.Max(1, height - 1)).And.BeLessThanOrEqualTo(isVerbose ? 16 : 8);
        var text = string.Join('\n', lines.Select(line => string.Concat(line.Select(segment => segment.Text))));
        if (width >= 80)
            text.Should().Contain("50%").And.Contain("step 1,000 of 2,000").And.Contain("01:00 left").And.Contain("loss D 1.001").And.Contain("A Jensen-Shannon divergence").And.Contain("! G collapsed: evidence evidence");
        if (width == 40)
            text.Should().Contain("50%").And.Contain("JS ≥ 0.2500").And.Contain("! step 990: a [loss] is NaN");
        text.Contains("term 11", StringComparison.Ordinal).Should().Be(isVerbose && width >= 80);
    }

    [Fact]
    public void A_quiet_run_says_what_went_wrong_and_how_it_ended()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal: true);

        trainer.Train(20).Every(5).WithProgress(console, ConsoleVerbosity.Quiet).Should().HaveCount(4);

        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines.Should().ContainSingle().Which.Should().StartWith("step     20  loss D ");
        output.ToString().Should().NotContain("\u001b");
    }

    [Fact]
    public void A_verbose_log_has_every_report_with_its_terms_and_findings()
    {
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(20, gamma: 1));
        var (console, output) = Console(isTerminal: false);

        trainer.Train(20).Every(5).WithProgress(console, ConsoleVerbosity.Verbose).Should().HaveCount(4);

        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines.Where(line => line.StartsWith("step", StringComparison.Ordinal)).Should().HaveCount(4);
        lines.Where(line => line.Contains("discriminator/R1", StringComparison.Ordinal)).Should().HaveCount(4);
        FluentActions.Invoking(() => trainer.Train(1).WithProgress(console, (ConsoleVerbosity)7)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("verbosity must be Quiet, Normal or Verbose.*");
    }

    [Fact]
    public void The_lines_go_on_below_what_else_is_written_and_go_up_over_those_that_a_narrower_terminal_wrapped()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var run = trainer.Train(1_000);
        var (console, output) = Console(isTerminal: true);
        using var display = new LiveLines(run, console, ConsoleVerbosity.Normal);
        display.Show(PictureTests.Report(100, 0.25));
        var lines = DisplayLines.Of(console, ConsoleVerbosity.Normal, new(0, 1_000, 0, double.NaN, 1_234.5), PictureTests.Report(100, 0.25)).Count;

        LiveLines.Interject(() => output.Write("<something else>"));
        display.Show(PictureTests.Report(100, 0.25));
        display.Show(PictureTests.Report(100, 0.25));

        var after = output.ToString().Split("<something else>")[1];
        after.Should().StartWith("\r").And.NotStartWith("\r\u001b[");
        after.Should().Contain($"\r\u001b[{lines}A");
        console.Profile.Width = 60;
        display.Show(PictureTests.Report(100, 0.25));
        var up = int.Parse(output.ToString().Split("\r\u001b[")[^1].Split('A')[0], CultureInfo.InvariantCulture);
        up.Should().BeGreaterThan(lines, "a line of 100 cells takes two rows of 60");
    }

    [Fact]
    public void An_early_end_leaves_the_lines_and_the_cursor_below_them()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal: true);

        foreach (var _ in trainer.Train(1_000).WithProgress(console))
            break;

        trainer.Step.Should().Be(1);
        var end = output.ToString();
        end.Should().EndWith("\u001b[J");
        Thread.Sleep(500);
        output.ToString().Should().Be(end, "nothing is drawn any more");
    }

    [Fact]
    public void Nothing_is_trained_before_it_is_pulled()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);

        _ = trainer.Train(10).WithProgress(Console(isTerminal: false).Console).WithCsv(folder.File("run.csv"));

        trainer.Step.Should().Be(0);
    }

    [Fact]
    public void The_time_left_follows_the_steps_of_this_run()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        trainer.Train(10).Should().HaveCount(10);
        var run = trainer.Train(40);

        ConsoleProgress.SecondsLeft(run, step: 20, TimeSpan.FromSeconds(5)).Should().Be(15);
        ConsoleProgress.SecondsLeft(run, step: 10, TimeSpan.FromSeconds(5)).Should().Be(double.NaN);
    }

    [Theory]
    [InlineData(0, "00:00")]
    [InlineData(59.99, "00:59")]
    [InlineData(3_599, "59:59")]
    [InlineData(3_725, "1:02:05")]
    [InlineData(30 * 3_600, "30:00:00")]
    [InlineData(3.6e9, "1000000:00:00")]
    [InlineData(3.7e9, "--:--")]
    [InlineData(1e300, "--:--")]
    [InlineData(double.PositiveInfinity, "--:--")]
    [InlineData(double.NaN, "--:--")]
    [InlineData(-1, "--:--")]
    public void A_duration_keeps_its_days_and_a_number_that_is_none_reads_as_unknown(double seconds, string text) => DurationText.Of(seconds).Should().Be(text);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_without_an_end_in_sight_has_no_time_left_to_show(bool isTerminal)
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal);

        trainer.Train(long.MaxValue).Every(2).WithProgress(console).Take(2).Should().HaveCount(2);

        output.ToString().Should().Contain("--:-- left");
    }

    [Fact]
    public void Work_that_has_hardly_begun_has_no_time_left_to_show()
    {
        var (console, output) = Console(isTerminal: false);
        using var share = new ConsoleShare("Scoring", console);

        share.Report(1e-300);

        output.ToString().Should().Contain("Scoring  --:-- left");
    }

    [Fact]
    public void A_table_holds_every_report_at_once_and_leaves_what_is_missing_empty()
    {
        var path = folder.File("run.csv");
        var lines = new List<int>();

        foreach (var _ in new[] { PictureTests.Report(100, 0.25), PictureTests.Report(200, null) }.WithCsv(path))
            lines.Add(ReadShared(path).Length);

        lines.Should().Equal(2, 3);
        ReadShared(path)[1].Should().Be("100,1.01,-0.5,0.01,,0.25,0.23,0.27,1234.5,2,,,,G,Unaudited");
        ReadShared(path)[2].Should().Be("200,1.005,-0.5,0.01,,,,,1234.5,4,,,,,");
    }

    [Theory]
    [InlineData("taken/run.csv", "*path must be a file that can be written but is '*taken/run.csv': *taken*")]
    [InlineData("", "*path must be a file that can be written but is '*': It is a folder.")]
    public void A_table_that_can_t_be_written_is_refused_before_the_first_step(string name, string message)
    {
        File.WriteAllText(folder.File("taken"), "");
        using var trainer = new GanTrainer(generator, discriminator, data);

        FluentActions.Invoking(() => trainer.Train(10).WithCsv(Path.Combine(folder.FullName, name)).Count()).Should().Throw<IOException>().WithMessage(message);

        trainer.Step.Should().Be(0);
        Directory.EnumerateFiles(folder.FullName).Should().ContainSingle();
    }

    [Fact]
    public void A_resumed_run_goes_on_in_its_table_and_a_new_one_replaces_it()
    {
        var path = folder.File("resumed.csv");
        void Run(params long[] steps)
        {
            foreach (var _ in steps.Select(step => PictureTests.Report(step, 0.25)).WithCsv(path))
            {
            }
        }
        string[] Steps() => [.. File.ReadAllLines(path).Skip(1).Select(line => line.Split(',')[0])];

        Run(100, 200, 300);
        Run(300, 400);
        Steps().Should().Equal("100", "200", "300", "400");

        Run(100, 200);
        Steps().Should().Equal("100", "200");
    }

    [Fact]
    public void A_new_run_that_reports_less_often_keeps_no_line_of_the_older_one()
    {
        var path = folder.File("rarer.csv");
        string[] Steps() => [.. File.ReadAllLines(path).Skip(1).Select(line => line.Split(',')[0])];
        using (var older = new GanTrainer(generator, discriminator, data))
            older.Train(20).Every(5).WithCsv(path).Should().HaveCount(4);

        using var trainer = new GanTrainer(generator, discriminator, data);
        trainer.Train(20).Every(10).WithCsv(path).Should().HaveCount(2);
        Steps().Should().Equal("10", "20");

        trainer.Train(20).Every(10).WithCsv(path).Should().HaveCount(2);
        Steps().Should().Equal("10", "20", "30", "40");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_console_that_cannot_be_written_ends_no_run(bool isTerminal)
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No, Out = new Output(new FullDisk(), isTerminal, 120, 40) });

        trainer.Train(10).Every(5).WithProgress(console, ConsoleVerbosity.Verbose).Should().HaveCount(2);
        trainer.Train(10).Every(5).WithProgress(console, ConsoleVerbosity.Quiet).Should().HaveCount(2);
        using var share = new ConsoleShare("Measuring", console);
        share.Report(0.5);
        share.Report(1);
    }

    [Fact]
    public void Ctrl_C_cancels_once_and_lets_the_second_one_through()
    {
        using var interruption = new ConsoleInterruption();
        var (first, second) = (new System.Runtime.InteropServices.PosixSignalContext(System.Runtime.InteropServices.PosixSignal.SIGINT), new System.Runtime.InteropServices.PosixSignalContext(System.Runtime.InteropServices.PosixSignal.SIGINT));

        interruption.Interrupt(first);
        interruption.Interrupt(second);

        interruption.Token.IsCancellationRequested.Should().BeTrue();
        (first.Cancel, second.Cancel).Should().Be((true, false));
    }

    public void Dispose()
    {
        folder.Dispose();
        data.Dispose();
        generator.Dispose();
        discriminator.Dispose();
    }

    private static string[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(file).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static (IAnsiConsole Console, StringWriter Output) Console(bool isTerminal, int width = 120, int height = 40)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new Output(output, isTerminal, width, height),
        });
        return (console, output);
    }

    /// <summary>As a redirected output is whose disk is full.</summary>
    private sealed class FullDisk : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }

    private sealed class Output(TextWriter writer, bool isTerminal, int width, int height) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => width;

        public int Height => height;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
