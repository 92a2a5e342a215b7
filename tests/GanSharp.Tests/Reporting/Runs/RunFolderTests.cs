using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Training;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>What a run leaves in its folder.</summary>
public sealed class RunFolderTests : IDisposable
{
    private static readonly RunFolderOptions Always = new() { DrawingShare = 1, Samples = 8, DrawsPage = false };
    private readonly TemporaryFolder folder = new();

    private string Path => System.IO.Path.Combine(folder.FullName, "run");

    [Fact]
    public void A_run_leaves_everything_in_its_folder_and_it_reads_back()
    {
        using var run = new SmallRun();
        var before = DateTimeOffset.UtcNow;
        List<StepReport> reports;
        using (var written = RunFolder.Create(Path, run.Trainer, Always with { Title = "Small images", DrawsPage = true }))
        {
            reports = [.. run.Trainer.TrainTo(30).WithCheckpoints(written.CheckpointFolder, new() { EverySteps = 10 }).Every(10).WithRunFolder(written)];
            written.Warnings.Should().BeEmpty();
        }

        var read = RunFolder.Open(Path);

        (read.Title, read.Kind, read.LastStep, read.Failure, read.DroppedPictures, read.DroppedReports, read.DamagedLines).Should().Be(("Small images", "gan", 30, null, 0, 0, 0));
        read.Created.Should().BeOnOrAfter(before).And.BeOnOrBefore(DateTimeOffset.UtcNow);
        read.Version.Should().MatchRegex(@"^\d+\.\d+\.\d+$");
        read.Options.Should().BeEquivalentTo(run.Trainer.DescribeOptions()).And.Contain("BatchSize", "16");
        read.Reports.Should().BeEquivalentTo(reports.Select(report => report.ToRecord()), options => options.ComparingByMembers<ReportRecord>().WithStrictOrdering());
        read.Samples.Select(sample => sample.Step).Should().Equal(10, 20, 30);
        read.Samples[0].Path.Should().Be(System.IO.Path.Combine(Path, "samples", "00000010.png"));
        read.Checkpoints.Select(checkpoint => checkpoint.Step).Should().Contain([20L, 30L]);
        File.ReadLines(System.IO.Path.Combine(Path, "reports.csv")).Select(line => line.Split(',')[0]).Should().Equal("step", "10", "20", "30");
        foreach (var picture in read.Samples.Select(sample => sample.Path).Append(read.RealSamples!))
        {
            using var bitmap = SKBitmap.Decode(picture);
            // Eight images in a row, seven pixels for one.
            (bitmap.Width, bitmap.Height).Should().Be((8 * 58 - 2, 56), picture);
        }
        File.Exists(System.IO.Path.Combine(Path, "plots", "training.png")).Should().BeTrue();
        File.Exists(System.IO.Path.Combine(Path, "plots", "diagnostics.png")).Should().BeTrue();
        File.ReadAllText(read.Page).Should().Contain("Small images");
        Directory.GetFiles(Path, "*.part", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public void The_real_picture_shows_held_out_images_and_each_other_the_same_latents()
    {
        using var run = new SmallRun();
        // Nothing is trained between the reports, so the same latents are the same bytes.
        using (var written = RunFolder.Create(Path, run.Trainer, Always))
            new[] { PictureTests.Report(1, 0.3), PictureTests.Report(2, 0.3) }.WithRunFolder(written).Should().HaveCount(2);
        using var frozen = RunFolder.Open(Path);
        frozen.Samples.Should().HaveCount(2);
        File.ReadAllBytes(frozen.Samples[0].Path).Should().Equal(File.ReadAllBytes(frozen.Samples[1].Path));

        using var scope = NewDisposeScope();
        ImageGrid.Save(run.Data.HeldOut!.Draw(0, 0, 8).Samples, folder.File("real.png"));
        ImageGrid.Save(run.Trainer.Sample(8), folder.File("generated.png"));
        File.ReadAllBytes(frozen.RealSamples!).Should().Equal(File.ReadAllBytes(folder.File("real.png")));
        File.ReadAllBytes(frozen.Samples[1].Path).Should().Equal(File.ReadAllBytes(folder.File("generated.png")));
    }

    [Fact]
    public void Nothing_that_is_trained_changes()
    {
        string Trained(bool isReported)
        {
            using var run = new SmallRun();
            if (!isReported)
                run.Trainer.Train(30).Every(5).Should().HaveCount(6);
            else
                using (var written = RunFolder.Create(System.IO.Path.Combine(folder.FullName, "bits"), run.Trainer, Always))
                    run.Trainer.Train(30).Every(5).WithRunFolder(written).Should().HaveCount(6);
            return run.Weights();
        }

        Trained(isReported: true).Should().Be(Trained(isReported: false));
    }

    [Fact]
    public void A_resumed_run_goes_on_in_its_folder_and_drops_what_was_there_of_later_steps()
    {
        var checkpoints = System.IO.Path.Combine(Path, "checkpoints");
        using (var first = new SmallRun())
        using (var written = RunFolder.Create(Path, first.Trainer, Always))
            first.Trainer.TrainTo(40).WithCheckpoints(checkpoints, new() { EverySteps = 20 }).Every(10).WithRunFolder(written).Should().HaveCount(4);
        // The run was interrupted at 40, and its last checkpoint is lost.
        Directory.Delete(RunFolder.Open(Path).Checkpoints[^1].Path, recursive: true);
        var created = RunFolder.Open(Path).Created;
        File.AppendAllText(System.IO.Path.Combine(Path, "reports.jsonl"), "{\"step\":50,\"la");
        File.WriteAllText(System.IO.Path.Combine(Path, "samples", "00000010.png.0.part"), "");

        using var second = new SmallRun();
        second.Trainer.Resume(checkpoints);
        second.Trainer.Step.Should().Be(20);
        using (var written = RunFolder.Create(Path, second.Trainer, Always))
            second.Trainer.TrainTo(30).WithCheckpoints(checkpoints, new() { EverySteps = 20 }).Every(10).WithRunFolder(written).Should().ContainSingle();

        using var read = RunFolder.Open(Path);
        Directory.GetFiles(Path, "*.part", SearchOption.AllDirectories).Should().BeEmpty();
        read.Created.Should().Be(created);
        (read.LastStep, read.DamagedLines).Should().Be((30, 0));
        read.Reports.Select(report => (report.Step, report.LastStep)).Should().Equal((10, 40), (20, 40), (30, 30));
        read.Samples.Select(sample => sample.Step).Should().Equal(10, 20, 30);
        File.ReadLines(System.IO.Path.Combine(Path, "reports.csv")).Select(line => line.Split(',')[0]).Should().Equal("step", "10", "20", "30");
    }

    [Fact]
    public void A_new_run_in_the_same_folder_replaces_the_old_one()
    {
        for (var trial = 0; trial < 2; trial++)
        {
            using var run = new SmallRun();
            using var written = RunFolder.Create(Path, run.Trainer, Always);
            run.Trainer.Train(trial == 0 ? 30 : 10).Every(10).WithRunFolder(written).Count().Should().Be(trial == 0 ? 3 : 1);
        }

        using var read = RunFolder.Open(Path);
        read.Reports.Select(report => report.Step).Should().Equal(10);
        read.Samples.Select(sample => sample.Step).Should().Equal(10);
    }

    [Fact]
    public void A_run_that_is_refused_before_its_first_step_leaves_the_folder_as_it_was()
    {
        using (var finished = new SmallRun())
        using (var written = RunFolder.Create(Path, finished.Trainer, Always with { Title = "The finished run", DrawsPage = true }))
            finished.Trainer.TrainTo(20).WithCheckpoints(written.CheckpointFolder).Every(10).WithRunFolder(written).Should().HaveCount(2);
        (string, string)[] Files() => [.. from path in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                                          where !path.Contains(".lock", StringComparison.Ordinal)
                                          orderby path
                                          select (path, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))))];
        var before = Files();
        before.Should().HaveCountGreaterThan(8);

        using var run = new SmallRun();
        using (var written = RunFolder.Create(Path, run.Trainer, Always with { Title = "Another run", DrawsPage = true }))
        {
            // The same command again, without --resume.
            FluentActions.Invoking(() => run.Trainer.TrainTo(20).WithCheckpoints(written.CheckpointFolder).Every(10).WithRunFolder(written).Count())
                .Should().Throw<GanSharp.Training.Checkpointing.CheckpointException>().WithMessage("*Resume*");
            Files().Should().Equal(before);
            (written.Title, written.Reports.Count, written.Samples.Count).Should().Be(("Another run", 0, 0), "who shows the new run mustn't take the old one for it");

            run.Trainer.TrainTo(10).Every(10).WithRunFolder(written).Should().ContainSingle();
        }
        using var read = RunFolder.Open(Path);
        (read.Title, read.Reports.Count, read.LastStep, read.Failure).Should().Be(("Another run", 1, 10, null));
    }

    [Fact]
    public void Points_of_the_plane_are_drawn_as_a_cloud_and_other_samples_not_at_all()
    {
        using (var plane = new PointRun(new() { BatchSize = 16, Diagnostics = new() { Samples = 40 } }))
        using (var written = RunFolder.Create(Path, plane.Trainer, Always))
            plane.Trainer.Train(2).Every(2).WithRunFolder(written).Should().ContainSingle();
        using var drawn = RunFolder.Open(Path);
        drawn.Samples.Select(sample => sample.Step).Should().Equal(2);
        drawn.RealSamples.Should().BeNull();

        using var line = GanSharp.Data.Distributions.Mixtures.Normal();
        using var generator = new MlpGenerator(1, 4, 1);
        using var discriminator = new MlpDiscriminator(1, 4);
        using var trainer = new GanTrainer(generator, discriminator, line, new() { BatchSize = 16, Diagnostics = new() { Samples = 40 } });
        using (var written = RunFolder.Create(folder.File("line"), trainer, Always))
            trainer.Train(2).Every(2).WithRunFolder(written).Should().ContainSingle();
        using var plain = RunFolder.Open(folder.File("line"));
        (plain.Samples.Count, plain.Reports.Count, plain.Failure).Should().Be((0, 1, null));
    }

    [Fact]
    public void A_run_that_is_enumerated_twice_has_one_plot_of_all_and_is_as_old_as_its_beginning()
    {
        using (var before = new SmallRun())
        using (var written = RunFolder.Create(Path, before.Trainer, Always))
            before.Trainer.TrainTo(10).Every(10).WithRunFolder(written).Should().ContainSingle();
        var began = DateTimeOffset.UtcNow;
        using var run = new SmallRun();
        List<StepReport> reports;
        using (var written = RunFolder.Create(Path, run.Trainer, Always with { DrawsPage = true }))
            reports = [.. run.Trainer.TrainTo(20).Every(10).WithRunFolder(written), .. run.Trainer.TrainTo(40).Every(10).WithRunFolder(written)];

        TrainingPlot.Save(reports, folder.File("all.png"));

        File.ReadAllBytes(System.IO.Path.Combine(Path, "plots", "training.png")).Should().Equal(File.ReadAllBytes(folder.File("all.png")));
        using var read = RunFolder.Open(Path);
        read.Created.Should().BeOnOrAfter(began);
    }

    [Fact]
    public void A_VAE_has_a_folder_too()
    {
        using var run = new SmallRun();
        using var vae = new VariationalAutoencoder(new DcganEncoder(new(1, 8, 8), latentSize: 4, width: 4), SmallRun.NewGenerator());
        using var trainer = new AutoencoderTrainer(vae, run.Data, new() { BatchSize = 16 });
        using (var written = RunFolder.Create(Path, trainer, Always with { DrawsPage = true }))
            trainer.Train(4).Every(2).WithRunFolder(written).Should().HaveCount(2);

        using var read = RunFolder.Open(Path);
        (read.Kind, read.Samples.Count, read.Failure).Should().Be(("vae", 2, null));
        read.Title.Should().StartWith("A VAE of ");
        read.Reports[^1].Estimates.Keys.Should().Contain("held_out_bound_nats");
        File.Exists(System.IO.Path.Combine(Path, "plots", "training.png")).Should().BeTrue();
    }

    [Fact]
    public void Pictures_of_a_conditional_generator_have_a_class_in_each_column()
    {
        using var images = new GanSharp.Data.InMemoryDataset((arange(300) % 3).view(300, 1, 1, 1).expand(300, 1, 8, 8).mul(100).to(ScalarType.Byte), arange(300) % 3).Split(0.3);
        var shape = new GanSharp.Data.Images.ImageShape(1, 8, 8);
        using var generator = new DcganGenerator(shape, latentSize: 4, width: 4, classes: 3);
        using var discriminator = new DcganDiscriminator(shape, width: 4, classes: 3);
        using var trainer = new GanTrainer(generator, discriminator, images, new() { BatchSize = 16, Diagnostics = new() { Samples = 40 } });
        using (var written = RunFolder.Create(Path, trainer, Always))
            trainer.Train(2).Every(2).WithRunFolder(written).Should().ContainSingle();

        using var read = RunFolder.Open(Path);
        using var real = SKBitmap.Decode(read.RealSamples!);
        using var picture = SKBitmap.Decode(read.Samples[0].Path);
        // Eight samples fill three columns of three.
        (real.Width, real.Height, picture.Width, picture.Height).Should().Be((3 * 58 - 2, 3 * 58 - 2, 3 * 58 - 2, 3 * 58 - 2));
        for (var row = 0; row < 3; row++)
            Enumerable.Range(0, 3).Select(column => (int)real.GetPixel(column * 58 + 20, row * 58 + 20).Red).Should().Equal(0, 100, 200);
        using var scope = NewDisposeScope();
        ImageGrid.Save(trainer.Sample(9, labels: arange(9) % 3), folder.File("expected.png"), columns: 3);
        File.ReadAllBytes(read.Samples[0].Path).Should().Equal(File.ReadAllBytes(folder.File("expected.png")));
    }

    [Fact]
    public void Hundreds_of_reports_leave_no_tensor_behind()
    {
        using var run = new SmallRun(new() { Metrics = [] });
        using var written = RunFolder.Create(Path, run.Trainer, Always);
        run.Trainer.Train(20).Every(10).WithRunFolder(written).Should().HaveCount(2);
        var before = LiveTensors.Settled();

        run.Trainer.Train(100).Every(5).WithRunFolder(written).Should().HaveCount(20);

        LiveTensors.Settled().Should().Be(before);
    }

    public void Dispose() => folder.Dispose();
}
