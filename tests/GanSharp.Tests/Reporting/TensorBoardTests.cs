using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Health;
using GanSharp.Metrics;
using GanSharp.Networks;
using GanSharp.Reporting;
using GanSharp.Reporting.TensorBoard;
using GanSharp.Tests.Training;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting;

public sealed class TensorBoardTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Another_reader_finds_every_number_text_and_image_under_its_tag_and_step()
    {
        var report = PictureTests.Report(100, 0.25) with
        {
            Terms = new Dictionary<string, double> { ["discriminator/R1"] = 0.5, ["generator/feature matching"] = 2 },
            Metrics = new Dictionary<string, MetricReading> { ["Fréchet distance (garments)"] = new(3, new(3, 2, 4, 100), 100, MetricGoal.Lower) },
            Health = new([new(HealthVerdict.GeneratorCollapsed, "they are alike", "Do something")]),
            Warnings = ["step 99: an update was skipped"],
        };

        Drain(new[] { report, report with { Step = 2_000, LastStep = 2_000, Warnings = [] } }.WithTensorBoard(folder.FullName, new() { Samples = () => zeros(4, 3, 28, 28), Columns = 2 }));

        var entries = Read();
        var scalars = entries.Where(entry => entry.TryGetProperty("scalar", out _)).ToLookup(entry => entry.GetProperty("tag").GetString()!, entry => (Step: entry.GetProperty("step").GetInt64(), Value: entry.GetProperty("scalar").GetDouble()));
        scalars["loss/discriminator"].Select(point => point.Step).Should().Equal(100, 2_000);
        double Last(string tag) => scalars[tag].Last().Value;
        Last("loss/discriminator").Should().BeApproximately(1.01, 1e-6);
        Last("loss/generator").Should().Be(-0.5);
        Last("loss/penalty").Should().BeApproximately(0.01, 1e-6);
        Last("terms/discriminator/r1").Should().Be(0.5);
        Last("terms/generator/feature_matching").Should().Be(2);
        (Last("estimates/js_bound_nats"), Last("estimates/js_bound_nats_lower"), Last("estimates/js_bound_nats_upper")).Should().Be((0.25, (float)0.23, (float)0.27));
        (Last("metrics/fréchet_distance_garments"), Last("metrics/fréchet_distance_garments_lower"), Last("metrics/fréchet_distance_garments_upper")).Should().Be((3, 2, 4));
        Last("speed/samples_per_second").Should().Be(1234.5);
        var texts = entries.Where(entry => entry.TryGetProperty("text", out _)).ToArray();
        texts.Should().OnlyContain(entry => entry.GetProperty("plugin").GetString() == "text");
        texts.Select(entry => entry.GetProperty("tag").GetString()).Should().Equal(["report/headline", "report/health", "report/warnings"], "what is said again is written once");
        texts[1].GetProperty("text").GetString().Should().Be("**G collapsed**: they are alike. Do something.");
        var images = entries.Where(entry => entry.TryGetProperty("image", out _)).Select(entry => entry.GetProperty("image")).ToArray();
        images.Should().HaveCount(2).And.OnlyContain(image => image.GetProperty("is_png").GetBoolean() && image.GetProperty("width").GetInt32() == 114 && image.GetProperty("height").GetInt32() == 114);
        entries.Should().OnlyContain(entry => Math.Abs(entry.GetProperty("wall_time").GetDouble() - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 300, "it is seconds since 1970");
    }

    [Fact]
    public void A_resumed_run_says_from_which_step_on_it_replaces_what_was_there()
    {
        Drain(new[] { PictureTests.Report(100, 0.25), PictureTests.Report(200, 0.25) }.WithTensorBoard(folder.FullName));
        Drain(new[] { PictureTests.Report(200, 0.25), PictureTests.Report(300, 0.25) }.WithTensorBoard(folder.FullName));

        Directory.GetFiles(folder.FullName).Should().HaveCount(2);
        Read().Where(entry => entry.TryGetProperty("session", out var status) && status.GetInt32() == 1).Select(entry => entry.GetProperty("step").GetInt64()).Should().BeEquivalentTo([100L, 200L]);
    }

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xe3069283u)]
    public void Checksums_are_those_of_the_standard(string text, uint expected)
    {
        var mask = uint.RotateRight(expected, 15) + 0xa282ead8;

        EventFile.Checksum(System.Text.Encoding.ASCII.GetBytes(text)).Should().Be(mask);
    }

    [Fact]
    public void What_can_t_be_written_is_said_once_and_the_run_goes_on()
    {
        var logger = new ListLogger();
        File.WriteAllText(folder.File("file"), "");

        var reports = Reports(5).WithTensorBoard(Path.Combine(folder.File("file"), "below"), new() { Logger = logger }).ToList();

        reports.Should().HaveCount(5);
        logger.Entries.Should().ContainSingle().Which.Message.Should().StartWith("TensorBoard's events couldn't be written to '");
    }

    [Fact]
    public void Samples_that_can_t_be_shown_are_said_once_and_the_numbers_are_written()
    {
        var logger = new ListLogger();
        var calls = 0;

        Drain(Reports(5).WithTensorBoard(folder.FullName, new() { Logger = logger, Samples = () => { calls++; return zeros(8, 2); } }));

        calls.Should().Be(1);
        logger.Entries.Should().ContainSingle().Which.Message.Should().StartWith("The samples couldn't be taken for TensorBoard: images must have shape");
        Read().Count(entry => entry.TryGetProperty("tag", out var tag) && tag.GetString() == "loss/generator").Should().Be(5);
    }

    [Fact]
    public void A_run_trains_the_same_bits_and_leaves_no_tensor()
    {
        float[] Weights(bool isWatched)
        {
            manual_seed(0);
            using var data = Mixtures.Ring();
            using var generator = new MlpGenerator(2, 8, 2);
            using var discriminator = new MlpDiscriminator(2, 8);
            using var trainer = new GanTrainer(generator, discriminator, data);
            var run = trainer.Train(20).Every(5);
            Drain(isWatched ? run.WithTensorBoard(folder.File("run"), new() { Samples = () => trainer.Sample(16).view(16, 1, 1, 2) }) : run);
            return [.. generator.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
        }

        Weights(isWatched: true).Should().Equal(Weights(isWatched: false));
        LiveTensors.Grown(() => Drain(Reports(3).WithTensorBoard(folder.FullName, new() { Samples = () => zeros(1, 1, 8, 8) }))).Should().Be(0);
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<StepReport> Reports(int count) => Enumerable.Range(1, count).Select(index => PictureTests.Report(100 * index, 0.25));

    private static void Drain(IEnumerable<StepReport> reports)
    {
        foreach (var _ in reports)
        {
        }
    }

    /// <summary>By tests/peers/tensorboard_reader.py, which shares no code with what it reads.</summary>
    private JsonElement[] Read()
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(Repository.Root, "tests", "peers", "tensorboard_reader.py"), folder.FullName]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("The independent reader needs python3, which isn't installed.");
            throw;
        }
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.Should().Be(0, error.Result);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        }
    }
}
