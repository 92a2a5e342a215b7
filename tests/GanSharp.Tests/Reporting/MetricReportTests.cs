using FluentAssertions;
using GanSharp.Metrics;
using GanSharp.Reporting;
using GanSharp.Training;
using SkiaSharp;
using Xunit;

namespace GanSharp.Tests.Reporting;

/// <summary>Named terms and metrics in the table and the plots.</summary>
public sealed class MetricReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void The_table_has_columns_for_terms_and_metrics_and_gets_those_that_come_later()
    {
        var path = folder.File("run.csv");

        Write(path, Report(100), Report(200, fid: 30.5), Report(300));

        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToArray();
        lines[0][15..].Should().Equal(
            "term_discriminator_adversarial", "term_discriminator_r1", "term_generator_adversarial",
            "metric_energy_distance_pixels", "metric_energy_distance_pixels_lower", "metric_energy_distance_pixels_upper", "metric_fid");
        lines[1][15..].Should().Equal("1.5", "0.25", "-0.5", "0.01", "0", "0.02", "");
        lines[2][15..].Should().Equal("1.5", "0.25", "-0.5", "0.01", "0", "0.02", "30.5");
        lines[3][15..].Should().Equal("1.5", "0.25", "-0.5", "0.01", "0", "0.02", "");
        lines.Should().OnlyContain(line => line.Length == 22);
    }

    [Fact]
    public void A_resumed_run_goes_on_in_a_table_with_such_columns()
    {
        var path = folder.File("run.csv");
        Write(path, Report(100), Report(200, fid: 30.5), Report(300));

        Write(path, Report(300, fid: 20), PictureTests.Report(400, null));

        var lines = File.ReadAllLines(path).Select(line => line.Split(',')).ToArray();
        lines.Select(line => (line[0], line[21])).Should().Equal(("step", "metric_fid"), ("100", ""), ("200", "30.5"), ("300", "20"), ("400", ""));
    }

    [Fact]
    public void Each_metric_is_a_panel()
    {
        StepReport[] reports = [Report(100, fid: 30.5), Report(200), Report(300, fid: double.PositiveInfinity)];

        TrainingPlot.Save(reports, folder.File("run.png"));

        // Losses, terms and two metrics.
        using var picture = SKBitmap.Decode(folder.File("run.png"));
        picture.Height.Should().Be(4 * 360 * 2);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    public void The_page_of_diagnostics_has_the_panels_too_where_there_are_two_values_to_draw(bool twice, int rows)
    {
        StepReport Measured(long step, double divergence) => Report(step, fid: 3) with { Diagnostics = PictureTests.Report(step, divergence).Diagnostics };

        DiagnosticsPlot.Save([twice ? Measured(100, 0.3) : PictureTests.Report(100, 0.3), Measured(200, 0.2)], folder.File("diagnostics.png"));

        using var picture = SKBitmap.Decode(folder.File("diagnostics.png"));
        picture.Height.Should().Be(rows * 400 * 2);
    }

    [Fact]
    public void A_report_reads_as_one_line_with_its_metrics_where_they_are_short()
    {
        var report = Report(200, fid: 30.5);

        $"{report}".Should().Contain("  energy distance (pixels) 0.0100 ± 0.0100  fid 30.5000  ");
        $"{report with { Metrics = new Dictionary<string, MetricReading> { [new string('x', 60)] = new(1, null, 200, MetricGoal.Lower) } }}".Should().NotContain("xxx");
    }

    public void Dispose() => folder.Dispose();

    private static void Write(string path, params StepReport[] reports)
    {
        foreach (var _ in reports.WithCsv(path))
        {
        }
    }

    private static StepReport Report(long step, double? fid = null)
    {
        var metrics = new OrderedDictionary<string, MetricReading> { ["energy distance (pixels)"] = new(0.01, new(0.01, 0, 0.02, 64), step, Goal: MetricGoal.Lower) };
        if (fid is { } value)
            metrics["fid"] = new(value, null, step, Goal: MetricGoal.Lower);
        return PictureTests.Report(step, null) with
        {
            Terms = new OrderedDictionary<string, double> { ["discriminator/adversarial"] = 1.5, ["discriminator/R1"] = 0.25, ["generator/adversarial"] = -0.5 },
            Metrics = metrics,
        };
    }
}
