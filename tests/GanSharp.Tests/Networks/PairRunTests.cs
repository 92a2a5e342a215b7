using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Networks.Normalization;
using GanSharp.Networks.Packing;
using GanSharp.Networks.Residual;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

/// <summary>Each pair in the trainer: it ends bit for bit as it would have without an interruption, in both precisions, serves samples and leaves no tensor behind.</summary>
public sealed class PairRunTests : IDisposable
{
    private const int Classes = 3, Steps = 20, Stop = 7;
    private static readonly ImageShape Image = new(1, 8, 8);
    private readonly TemporaryFolder folder = new();

    private static Dictionary<string, (Func<GeneratorNetwork> Generator, Func<DiscriminatorNetwork> Discriminator)> Pairs { get; } = new()
    {
        ["ResNet"] = (() => new ResnetGenerator(Image, 4, 4), () => new ResnetDiscriminator(Image, 4)),
        ["ResNet with classes, attention and spectral norm in both"] = (
            () => new ResnetGenerator(Image, 4, 8, Classes, spectralNorm: true, attentionHeight: 4), () => new ResnetDiscriminator(Image, 8, Classes, attentionHeight: 4)),
        ["ResNet with an auxiliary classifier"] = (() => new ResnetGenerator(Image, 4, 4, Classes), () => new ResnetDiscriminator(Image, 4, auxiliaryClasses: Classes)),
        ["weight norm"] = (() => new DcganGenerator(Image, 4, 4), () => new NormalizedDiscriminator()),
        ["conditional DCGAN"] = (() => new DcganGenerator(Image, 4, 4, classes: Classes), () => new DcganDiscriminator(Image, 4, classes: Classes)),
        ["conditional MLP"] = (() => new MlpGenerator(4, 8, Image, classes: Classes), () => new MlpDiscriminator(64, 8, classes: Classes)),
        ["packed DCGAN"] = (() => new DcganGenerator(Image, 4, 4), () => new PackedDiscriminator(new DcganDiscriminator(Image.Packed(2), 4), 2)),
        ["maxout"] = (() => new Goodfellow2014Generator(Image, 4, 8), () => new MaxoutDiscriminator(Image, 8, 3)),
        ["InfoGAN"] = (() => new InfoGanGenerator(Image, 4), () => new InfoGanDiscriminator(Image, batchNorm: true)),
    };

    public static TheoryData<string, Precision> Runs
    {
        get
        {
            var runs = new TheoryData<string, Precision>();
            foreach (var name in Pairs.Keys)
                runs.Add(name, Precision.Float32);
            // InfoGAN's pair has torch's own layers alone, and many weights.
            foreach (var name in Pairs.Keys.Where(name => name != "InfoGAN"))
                runs.Add(name, Precision.BFloat16);
            return runs;
        }
    }

    public static TheoryData<string> Names => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(Runs))]
    public void An_interrupted_run_ends_as_the_run_that_was_not(string name, Precision precision)
    {
        string Train(string run, params int[] stops)
        {
            var hash = "";
            for (var part = 0; part < stops.Length; part++)
            {
                // Networks of their own for each part, from other weights and singular vectors.
                manual_seed(part);
                using var made = new Run(Pairs[name], precision);
                if (part > 0)
                    made.Trainer.Resume(folder.File(run)).IsExact.Should().BeTrue();
                foreach (var report in made.Trainer.TrainTo(stops[part]).WithCheckpoints(folder.File(run), new() { EverySteps = 6 }).Every(5))
                    (report.DiscriminatorLoss + report.GeneratorLoss).Should().NotBe(double.NaN).And.BeInRange(-1e3, 1e3);
                hash = made.Hash();
            }
            return hash;
        }

        var whole = Train("whole", Steps);

        Train("parts", Stop, Steps).Should().Be(whole);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_samples_of_the_average_and_serving_leave_no_tensor_behind(string name)
    {
        manual_seed(0);
        using var run = new Run(Pairs[name], Precision.Float32);
        long? label = run.Generator.Classes is null ? null : 1;
        run.Trainer.Train(2).Should().HaveCount(2);
        using (run.Trainer.UseAverage())
        using (var own = run.Generator.Sample(run.Latents, label: label))
        using (var served = run.Trainer.Sample(3, label: label))
        {
            // The copy that serves has the average's singular vectors too.
            own.isfinite().all().item<bool>().Should().BeTrue();
            served.shape.Should().Equal(3, 1, 8, 8);
        }

        LiveTensors.Grown(() =>
        {
            run.Trainer.Train(2).Every(2).Should().ContainSingle();
            run.Trainer.Sample(3, label: label).Dispose();
        }).Should().Be(0);
    }

    public void Dispose() => folder.Dispose();

    private sealed class Run : IDisposable
    {
        private readonly InMemoryDataset data;
        private readonly DiscriminatorNetwork discriminator;

        public Run((Func<GeneratorNetwork> Generator, Func<DiscriminatorNetwork> Discriminator) pair, Precision precision)
        {
            using (var random = new TorchSharp.torch.Generator(5))
            using (var pixels = randint(0, 256, [48, 1, 8, 8], ScalarType.Byte, generator: random))
            using (var labels = randint(0, Classes, [48], ScalarType.Int64, generator: random))
                data = new InMemoryDataset(pixels, labels);
            (Generator, discriminator) = (pair.Generator(), pair.Discriminator());
            Latents = Generator.Prior.Sample(3);
            Trainer = new GanTrainer(Generator, discriminator, data, new()
            {
                BatchSize = 8,
                Precision = precision,
                Objective = GanObjective.NonSaturating,
                DiscriminatorPenalties = [new R1(0.1)],
                EmaHalfLifeImages = 100,
                Diagnostics = new() { Samples = 0 },
            });
        }

        public GanTrainer Trainer { get; }

        public GeneratorNetwork Generator { get; }

        public Tensor Latents { get; }

        public string Hash()
        {
            var trained = $"{NetworkFingerprint.Compute(Generator)} {NetworkFingerprint.Compute(discriminator)}";
            using (Trainer.UseAverage())
                return $"{trained} {NetworkFingerprint.Compute(Generator)}";
        }

        public void Dispose()
        {
            Trainer.Dispose();
            Generator.Dispose();
            discriminator.Dispose();
            Latents.Dispose();
            data.Dispose();
        }
    }

    private sealed class NormalizedDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body;

        public NormalizedDiscriminator()
            : base(nameof(NormalizedDiscriminator))
        {
            body = Sequential(
                ("conv", new WeightNorm(Conv2d(1, 4, 4, stride: 2, padding: 1))), ("activation", LeakyReLU(0.2)), ("flatten", Flatten()), ("head", new WeightNorm(Linear(64, 1))));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
    }
}
