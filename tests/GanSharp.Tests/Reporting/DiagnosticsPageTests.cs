using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting;

public sealed class DiagnosticsPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_run_becomes_a_page_of_four_panels_and_a_report_with_its_pictures_inside()
    {
        var reports = Train(GanObjective.Minimax, "A <test>");

        DiagnosticsPlot.Save(reports, folder.File("diagnostics.png"));

        using var picture = SKBitmap.Decode(folder.File("diagnostics.png"));
        (picture.Width, picture.Height).Should().Be((2 * 720 * 2, 2 * 400 * 2));
        var page = File.ReadAllText(folder.File("run", "report.html"));
        page.Should().Contain("A \\u003Ctest\\u003E").And.Contain("audited_nats").And.Contain("true_js_nats").And.Contain(reports[^1].Health!.Findings[0].Name)
            .And.NotContainAny("src=\"http", "href=\"http");
    }

    [Fact]
    public void What_is_refused_is_said_on_the_page()
    {
        var reports = Train(GanObjective.Wasserstein, "critic");

        DiagnosticsPlot.Save(reports, folder.File("diagnostics.png"));
        TrainingPlot.Save(reports, folder.File("training.png"));

        File.ReadAllText(folder.File("run", "report.html")).Should().Contain("refused: a Wasserstein critic\\u0027s score").And.Contain("\"standing\":\"Unread\"");
    }

    [Fact]
    public void Nothing_to_show_is_an_error_that_names_what_is_missing()
    {
        var without = new[] { PictureTests.Report(1, null) };
        var plot = () => DiagnosticsPlot.Save(without, folder.File("a.png"));

        plot.Should().Throw<ArgumentException>().WithMessage("reports must hold at least one with diagnostics*");
    }

    public void Dispose() => folder.Dispose();

    private StepReport[] Train(GanObjective objective, string title)
    {
        manual_seed(0);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new MlpDiscriminator(1, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            Objective = objective,
            Diagnostics = new() { Samples = 500, GeneratorDensity = generator.Density, Auditor = () => new MlpDiscriminator(1, 8), Audit = new() { MaximumSteps = 100 } },
        });
        using var run = RunFolder.Create(Path.Combine(folder.FullName, "run"), trainer, new() { Title = title });
        return [.. trainer.Train(30).Every(10).WithRunFolder(run)];
    }
}
