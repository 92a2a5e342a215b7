using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Misuse;
using GanSharp.Training;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>InfoGAN's categorical code: classes that G is asked for and the data doesn't have.</summary>
public sealed class UnlabeledClassesTests : IDisposable
{
    private static readonly ImageShape Image = new(1, 8, 8);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, long?> Datas => new() { { "no labels", null }, { "labels that G doesn't have", 7 } };

    [Theory]
    [MemberData(nameof(Datas))]
    public void InfoGAN_trains_reports_draws_samples_and_resumes(string data, long? classes)
    {
        data.Should().NotBeEmpty();
        using var whole = new Run(classes);
        var reports = whole.Trainer.TrainTo(6).WithCheckpoints(folder.File("checkpoints"), new() { EverySteps = 3, KeepLast = 9 }).Every(3).ToList();

        reports.Should().HaveCount(2).And.AllSatisfy(report =>
        {
            report.DiagnosticsFailure.Should().BeNull();
            report.MetricFailures.Should().BeEmpty();
            report.Metrics.Should().HaveCount(2);
            report.Diagnostics!.JensenShannon.Should().NotBeNull();
            report.Diagnostics.Classes.Should().BeEmpty("G's classes are none of the data's");
            report.Terms.Should().ContainKey("generator/information");
        });
        reports[^1].Diagnostics!.AuditFailure.Should().BeNull();
        reports[^1].Diagnostics!.Audited.Should().NotBeNull();
        using var samples = whole.Trainer.Sample(3, labels: tensor(new long[] { 0, 1, 2 }));
        samples.shape.Should().Equal(3, 1, 8, 8);
        using (var snapshot = whole.Trainer.Snapshot())
        using (var ofSnapshot = snapshot.Sample(3, labels: tensor(new long[] { 0, 1, 2 })))
            ofSnapshot.shape.Should().Equal(3, 1, 8, 8);

        using var resumed = new Run(classes);
        resumed.Trainer.Resume(folder.File("checkpoints", "step-000000003")).Step.Should().Be(3);
        _ = resumed.Trainer.TrainTo(6).Every(3).Single();
        resumed.Weights.Should().Be(whole.Weights);
    }

    [Fact]
    public void Its_pictures_have_a_column_for_each_class_however_few_images_there_are()
    {
        using var run = new Run(classes: null, images: 40);
        using (var written = RunFolder.Create(folder.File("run"), run.Trainer, new() { DrawingShare = 1, Samples = 30, DrawsPage = false }))
            _ = run.Trainer.TrainTo(1).Every(1).WithRunFolder(written).ToList();

        var read = RunFolder.Open(folder.File("run"));

        foreach (var picture in read.Samples.Select(sample => sample.Path).Append(read.RealSamples!))
        {
            using var bitmap = SKBitmap.Decode(picture);
            (bitmap.Height / (double)bitmap.Width).Should().BeApproximately(10 / 3.0, 0.1, picture);
        }
    }

    [Fact]
    public void A_generator_that_reads_labels_without_saying_so_is_drawn_with_those_of_the_sampler()
    {
        using var points = new InMemoryDataset(randn(60, 2));
        using var generator = new LambdaGenerator((layer, latents, labels) => layer.call(latents) + labels!.unsqueeze(1));
        using var discriminator = new TwoHeadedDiscriminator(2, 8, classes: 3);
        using var trainer = new GanTrainer(generator, discriminator, points, new() { BatchSize = 8, Objective = new InfoGan(), Labels = LabelSampler.Uniform(3) });
        using (var written = RunFolder.Create(folder.File("run"), trainer, new() { DrawingShare = 1, DrawsPage = false }))
        {
            _ = trainer.TrainTo(1).Every(1).WithRunFolder(written).ToList();
            written.Warnings.Should().BeEmpty();
        }

        RunFolder.Open(folder.File("run")).Samples.Should().ContainSingle();
    }

    [Fact]
    public void A_sampler_with_a_state_draws_in_training_what_it_draws_without_reports()
    {
        string Weights(int samples)
        {
            manual_seed(0);
            using var data = new InMemoryDataset(linspace(-1, 1, 200, ScalarType.Float32).view(100, 2)).Split(0.5);
            using var generator = new MlpGenerator(2, 8, 2, classes: 3);
            using var discriminator = new TwoHeadedDiscriminator(2, 8, classes: 3);
            using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Objective = new InfoGan(), Labels = new Rotating(3), Diagnostics = new() { Samples = samples } });
            _ = trainer.Train(5).Every(1).Last();
            return NetworkFingerprint.Compute(generator);
        }

        Weights(samples: 40).Should().Be(Weights(samples: 0));
    }

    /// <summary>Each class in its turn.</summary>
    private sealed class Rotating(int classes) : LabelSampler, GanSharp.Tensors.IStateful
    {
        private double next;

        public IReadOnlyList<(string Name, Tensor Value)> State => [];

        public double[] Scalars
        {
            get => [next];
            set => next = value[0];
        }

        public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device)
        {
            next += 1;
            return (arange(count, ScalarType.Int64, device) + (long)next).remainder(classes);
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly InMemoryDataset data;
        private readonly DcganGenerator generator;
        private readonly DcganDiscriminator discriminator;

        public Run(long? classes, int images = 420)
        {
            using (var random = new Generator(3))
            using (var samples = randn([images, 1, 8, 8], ScalarType.Float32, generator: random).clamp_(-1, 1))
            using (var labels = classes is { } count ? arange(images, ScalarType.Int64).remainder(count) : null)
            using (var all = new InMemoryDataset(samples, labels))
                data = all.Split(0.5);
            manual_seed(0);
            generator = new(Image, latentSize: 4, width: 4, classes: 3);
            discriminator = new(Image, width: 4, auxiliaryClasses: 3);
            Trainer = new GanTrainer(generator, discriminator, data, new()
            {
                BatchSize = 12,
                Objective = new InfoGan(),
                Labels = LabelSampler.Uniform(3),
                EmaHalfLifeImages = 50,
                Metrics = images < 420 ? [] : [new(new FrechetDistanceMetric(new PixelFeatures(), 32)), new(new PerceptualPathLengthMetric(options: new() { Paths = 32, Epsilon = 1e-2 }))],
                Diagnostics = new() { Samples = 40, Auditor = images < 420 ? null : () => new DcganDiscriminator(Image, width: 2), AuditEveryReports = 2, Audit = new() { MaximumSteps = 2 } },
            });
        }

        public GanTrainer Trainer { get; }

        public string Weights => $"{NetworkFingerprint.Compute(generator)} {NetworkFingerprint.Compute(discriminator)}";

        public void Dispose()
        {
            Trainer.Dispose();
            generator.Dispose();
            discriminator.Dispose();
            data.Dispose();
        }
    }
}
