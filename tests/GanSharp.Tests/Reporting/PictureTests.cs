using FluentAssertions;
using GanSharp.Reporting;
using GanSharp.Training;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting;

public sealed class PictureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_grid_shows_each_image_in_its_place()
    {
        using var scope = NewDisposeScope();
        var images = linspace(-1, 1, 5).view(5, 1, 1, 1).expand(5, 1, 28, 28);

        ImageGrid.Save(images, folder.File("new", "grid.png"), columns: 3);

        using var picture = SKBitmap.Decode(folder.File("new", "grid.png"));
        // Two pixels a pixel, a gap of two between images.
        (picture.Width, picture.Height).Should().Be((3 * 58 - 2, 2 * 58 - 2));
        byte Gray(int column, int row) => picture.GetPixel(column * 58 + 28, row * 58 + 28).Red;
        new[] { Gray(0, 0), Gray(1, 0), Gray(2, 0), Gray(0, 1), Gray(1, 1) }.Should().Equal(0, 64, 128, 191, 255);
        picture.GetPixel(57, 10).Should().Be(SKColors.White);
        Directory.GetFiles(folder.FullName, "*.part", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public void Colors_and_transparency_are_kept()
    {
        using var scope = NewDisposeScope();
        ImageGrid.Save(tensor(new[] { 1f, -1f, 0f }).view(1, 3, 1, 1).expand(1, 3, 4, 4), folder.File("color.png"));
        ImageGrid.Save(tensor(new[] { 1f, 1f, 1f, -1f }).view(1, 4, 1, 1).expand(1, 4, 4, 4), folder.File("alpha.png"));

        using var color = SKBitmap.Decode(folder.File("color.png"));
        using var alpha = SKBitmap.Decode(folder.File("alpha.png"));
        color.GetPixel(1, 1).Should().Be(new SKColor(255, 0, 128));
        alpha.GetPixel(1, 1).Alpha.Should().Be(255, "a picture on white shows transparent parts white");
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        using var scope = NewDisposeScope();
        var flat = () => ImageGrid.Save(zeros(4, 784), folder.File("a.png"));
        var nan = () => ImageGrid.Save(full([1, 1, 4, 4], float.NaN), folder.File("a.png"));

        flat.Should().Throw<ArgumentException>().WithMessage("images must have shape [N, 1, 3 or 4 channels, height, width] but have shape [4, 784].*");
        nan.Should().Throw<ArgumentException>().WithMessage("images must be numbers but some values are NaN.*");
        File.Exists(folder.File("a.png")).Should().BeFalse();
    }

    [Fact]
    public void Real_and_generated_images_stand_side_by_side_with_captions()
    {
        using var scope = NewDisposeScope();

        ImageGrid.SaveSideBySide(full([4, 1, 28, 28], -1f), full([4, 1, 28, 28], 1f), folder.File("both.png"), columns: 2);

        using var picture = SKBitmap.Decode(folder.File("both.png"));
        picture.GetPixel(20, 60).Red.Should().Be(0);
        picture.GetPixel(picture.Width - 20, 60).Red.Should().Be(255);
        DarkPixels(picture, 0, 34).Should().BeGreaterThan(50, "the captions are drawn, without any font installed");
    }

    [Fact]
    public void Neighbors_stand_to_the_right_of_their_image()
    {
        using var scope = NewDisposeScope();
        var generated = tensor(new[] { -1f, 1f }).view(2, 1, 1, 1).expand(2, 1, 28, 28);
        var neighbors = tensor(new[] { -0.5f, 0f, 0.5f, -0.5f, 0f, 0.5f }).view(2, 3, 1, 1, 1).expand(2, 3, 1, 28, 28);

        ImageGrid.SaveNeighbors(generated, neighbors, folder.File("neighbors.png"));

        using var picture = SKBitmap.Decode(folder.File("neighbors.png"));
        // A margin of 12, a column of 56, another margin, three columns with gaps of 2.
        picture.Width.Should().Be(12 + 56 + 12 + 3 * 58 - 2 + 12);
        byte Gray(int column, int row) => picture.GetPixel(12 + (column > 0 ? 68 + (column - 1) * 58 : 0) + 28, 34 + row * 58 + 28).Red;
        Enumerable.Range(0, 4).Select(column => Gray(column, 0)).Should().Equal(0, 64, 128, 191);
        Enumerable.Range(0, 4).Select(column => Gray(column, 1)).Should().Equal(255, 64, 128, 191);
        FluentActions.Invoking(() => ImageGrid.SaveNeighbors(generated, neighbors.narrow(0, 0, 1), folder.File("a.png"))).Should().Throw<ArgumentException>()
            .WithMessage("neighbors must have shape [2, k, 1, 28, 28], k images for each generated one, but have shape [1, 3, 1, 28, 28].*");
    }

    [Fact]
    public void The_course_of_a_run_is_drawn_with_text()
    {
        TrainingPlot.Save([.. Enumerable.Range(1, 20).Select(index => Report(index * 100, 0.6 / index))], folder.File("run.png"));

        using var picture = SKBitmap.Decode(folder.File("run.png"));
        (picture.Width, picture.Height).Should().Be((1800, 1440));
        DarkPixels(picture, 0, 60).Should().BeGreaterThan(200, "the title is drawn");
    }

    [Fact]
    public void A_run_without_divergence_has_one_panel_and_one_report_is_enough()
    {
        TrainingPlot.Save([Report(100, null)], folder.File("run.png"));

        using var picture = SKBitmap.Decode(folder.File("run.png"));
        picture.Height.Should().Be(720);
        FluentActions.Invoking(() => TrainingPlot.Save(Array.Empty<StepReport>(), folder.File("none.png"))).Should().Throw<ArgumentException>().WithParameterName("reports");
    }

    [Fact]
    public void Densities_and_points_are_drawn_panel_by_panel()
    {
        using var scope = NewDisposeScope();
        double[] points = [.. Enumerable.Range(-40, 81).Select(index => index / 10.0)];
        double[] curve = [.. points.Select(x => Math.Exp(-x * x))];
        var panel = new DensityPanel("start", points, curve, curve, curve, curve) { Mapping = [(-1, -0.5), (1, 0.5)] };

        DensityPlot.Save([panel, panel, panel], folder.File("density.png"));
        ScatterPlot.Save([new("start", randn(100, 2), randn(100, 2))], folder.File("points.png"));

        using var density = SKBitmap.Decode(folder.File("density.png"));
        using var scatter = SKBitmap.Decode(folder.File("points.png"));
        (density.Width, density.Height).Should().Be((2640, 840));
        (scatter.Width, scatter.Height).Should().Be((880, 880));
    }

    [Fact]
    public void Curves_of_different_lengths_and_points_of_other_spaces_are_refused()
    {
        using var scope = NewDisposeScope();
        var curves = () => DensityPlot.Save([new("start", [0, 1], [0, 1], [0], [0, 1], [0, 1])], folder.File("a.png"));
        var points = () => ScatterPlot.Save([new("start", zeros(3, 2), zeros(3, 3))], folder.File("a.png"));

        curves.Should().Throw<ArgumentException>().WithMessage("Panel 'start': every curve must have the 2 values of Points but one has 1.*");
        points.Should().Throw<ArgumentException>().WithMessage("Panel 'start': samples must have shape [N, 2] but have shape [3, 3].*");
    }

    public void Dispose() => folder.Dispose();

    private static int DarkPixels(SKBitmap picture, int top, int bottom) =>
        Enumerable.Range(top, bottom - top).Sum(y => Enumerable.Range(0, picture.Width).Count(x => picture.GetPixel(x, y) is { Red: < 100, Blue: < 100, Alpha: 255 }));

    internal static StepReport Report(long step, double? divergence) => new()
    {
        Step = step,
        LastStep = 2_000,
        DiscriminatorLoss = 1 + 1.0 / step,
        GeneratorLoss = -0.5,
        Penalty = 0.01,
        Diagnostics = divergence is not { } value ? null : new()
        {
            Step = step,
            SampleCount = 100,
            JensenShannon = new(value, value - 0.02, value + 0.02, 100),
            GeneratorGradientWeight = 0.5,
            Diversity = new(1, 1, 100),
            Position = [0],
        },
        SamplesPerSecond = 1234.5,
        Elapsed = TimeSpan.FromSeconds(step / 50.0),
    };
}
