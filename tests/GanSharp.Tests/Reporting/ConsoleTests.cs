using System.Globalization;
using System.Text;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Reporting;
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

        output.ToString().Should().Contain("100%").And.Contain("step 20 of 20").And.Contain("samples/s").And.Contain("00:00 left").And.Contain("JS ≥ ");
        output.ToString().Should().EndWith("\u001b[?25h", "the cursor is shown again");
    }

    [Fact]
    public void The_cursor_comes_back_when_the_caller_stops_early()
    {
        using var trainer = new GanTrainer(generator, discriminator, data);
        var (console, output) = Console(isTerminal: true);

        foreach (var _ in trainer.Train(1_000).WithProgress(console))
            break;

        trainer.Step.Should().Be(1);
        output.ToString().Should().EndWith("\u001b[?25h");
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

        ConsoleProgress.TimeLeft(run, step: 20, TimeSpan.FromSeconds(5)).Should().Be(TimeSpan.FromSeconds(15));
        ConsoleProgress.TimeLeft(run, step: 10, TimeSpan.FromSeconds(5)).Should().Be(TimeSpan.MaxValue);
        ConsoleProgress.Duration(TimeSpan.FromSeconds(3_725)).Should().Be("1:02:05");
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

    private static (IAnsiConsole Console, StringWriter Output) Console(bool isTerminal)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new Output(output, isTerminal),
        });
        return (console, output);
    }

    private sealed class Output(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => 120;

        public int Height => 40;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
