using GanSharp.Augmentations;
using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Data.Arrays;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Divergences;
using GanSharp.Evaluations;
using GanSharp.Live;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Modes;
using GanSharp.Metrics.TwoSample;
using GanSharp.Mpi;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Networks.Latents;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Onnx;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Runtime;
using GanSharp.Safetensors;
using GanSharp.Tensors;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Documentation;

/// <summary>The code that the documents show, compiled. DocumentationTests compares each region with the block of its name.</summary>
internal static class Snippets
{
    public static void ExportToOnnx(GanTrainer trainer, GeneratorNetwork generator)
    {
        #region onnx export
        using (trainer.UseAverage())
            generator.ExportOnnx("generator.onnx");
        #endregion
    }

    public static void ExportOwn(CubicGenerator generator)
    {
        #region onnx own
        generator.ExportOnnx("cubic.onnx", new OnnxExportOptions { Rules = [CubicGenerator.Rule] });
        #endregion
    }

    public static void FirstRun()
    {
        #region first run
        new ComputeTuning().Apply();                               // this process is there to train: keep freed memory
        using var data = Mixtures.Ring(modes: 8);                  // data whose density is known
        using var generator = new MlpGenerator(latentSize: 2, width: 128, outputSize: 2);
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 128);
        using var trainer = new GanTrainer(generator, discriminator, data,
            TrainingOptions.RegularizedRelativistic(steps: 6_000, gamma: 0.3, learningRate: 1e-3) with { BatchSize = 256 });

        foreach (var report in trainer.Train(steps: 6_000).Every(1_000))
            Console.WriteLine(report);                             // losses, JS divergence ± interval, samples/s

        Console.WriteLine(ModeCoverage.Measure(trainer.Sample(10_000), data));
        #endregion
    }

    public static void Package()
    {
        #region package
        using var data = Mixtures.Ring(modes: 8);
        using var generator = new MlpGenerator(latentSize: 2, width: 128, outputSize: 2);
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 128);
        using var trainer = new GanTrainer(generator, discriminator, data);

        foreach (var report in trainer.Train(steps: 5_000).Every(500))
            Console.WriteLine(report);
        #endregion
    }

    public static void FromPyTorch(Dataset data, GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        #region from pytorch
        generator.to(torch.CPU);
        discriminator.to(torch.CPU);
        var options = new TrainingOptions
        {
            Objective = new NonSaturating(),
            GeneratorOptimizer = new AdamOptions { LearningRate = 2e-4, Beta1 = 0.5 },
            DiscriminatorOptimizer = new AdamOptions { LearningRate = 2e-4, Beta1 = 0.5 },
            BatchSize = 64,
        };
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        foreach (var report in trainer.Train(steps: 10_000).Every(500))
            Console.WriteLine(report);
        #endregion
    }

    public static void OriginalGame()
    {
        #region minimax
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean: 2, standardDeviation: 0.6);
        using var discriminator = new MlpDiscriminator(inputSize: 1, width: 64, hiddenLayers: 2);
        using var trainer = new GanTrainer(generator, discriminator, data);          // eqs. 20 and 21, k = 1

        foreach (var report in trainer.Train(steps: 2_000).Every(500))
            Console.WriteLine(report);

        using var density = generator.Density();                                      // p_g, known for this generator
        Console.WriteLine($"estimated {JensenShannon.Bound(discriminator, data.HeldOut, generator)} nats");
        Console.WriteLine($"true      {JensenShannon.Quadrature(data, density):0.0000} nats");
        #endregion
    }

    public static void LargeData()
    {
        #region stream folder
        using var images = ImageFolder.Stream("photos", new() { Image = new(Channels: 3, Height: 64, Width: 64) });
        #endregion

        #region map file
        using var data = NpyDataset.Open("simulated.npy", heldOutFraction: 0.01);
        #endregion
    }

    public static void LargeFile()
    {
        #region write npy
        static IEnumerable<Tensor> Pieces()
        {
            for (var piece = 0; piece < 10; piece++)
            {
                using var rows = randn(10_000, 32);            // from a simulation, a database, another file …
                yield return rows;                              // written before the next piece is made
            }
        }

        NpyFile.Write("simulated.npy", Pieces());
        #endregion
    }

    public static void Folder()
    {
        #region image folder
        var shape = new ImageShape(Channels: 3, Height: 64, Width: 64);
        using var interruption = new ConsoleInterruption();                           // Ctrl-C ends the run after the step in progress
        using var images = ImageFolder.Load("flowers", new() { Image = shape, CorruptImages = CorruptImagePolicy.Skip });
        foreach (var file in images.Skipped)
            Console.WriteLine($"left out: {file}");

        torch.manual_seed(1);                                                         // the networks' first weights
        using var generator = new DcganGenerator(shape, latentSize: 100, width: 64);
        using var discriminator = new DcganDiscriminator(shape, width: 64);
        var options = TrainingOptions.RegularizedRelativistic(steps: 20_000, gamma: 1, learningRate: 5e-4) with { Seed = 1 };
        using var trainer = new GanTrainer(generator, discriminator, images, options);

        foreach (var report in trainer.Train(20_000, interruption.Token).Every(500).WithProgress().WithCsv("reports.csv"))
        {
            using var samples = trainer.Sample(64);                                   // of the averaged generator
            ImageGrid.Save(samples, $"step-{report.Step}.png");
        }
        #endregion
    }

    public static void Gpu(GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        #region gpu
        var device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        generator.to(device);
        discriminator.to(device);                                                     // before the trainer is made
        #endregion
    }

    public static void Ranks(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data)
    {
        #region ranks
        using var processes = MpiCommunicator.Initialize();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 32, Communicator = processes });   // 32 samples a rank
        foreach (var report in trainer.TrainTo(10_000).WithCheckpoints("run1").Every(500))
            if (processes.Rank == 0)
                Console.WriteLine(report);
        #endregion
    }

    public static void Reading()
    {
        #region diagnostics
        using var data = Mixtures.Ring(modes: 8);
        using var generator = new MlpGenerator(latentSize: 2, width: 128, outputSize: 2);
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 128);
        var options = TrainingOptions.RegularizedRelativistic(steps: 10_000, gamma: 1) with
        {
            Diagnostics = new() { Samples = 10_000, Auditor = () => new MlpDiscriminator(inputSize: 2, width: 128) },
        };
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        using var folder = RunFolder.Create("output/my-gan", trainer, new() { Title = "My GAN" });
        foreach (var report in trainer.Train(10_000).Every().WithRunFolder(folder))   // report.html, plots, samples, a table
            foreach (var finding in report.Health!.Findings)
                Console.WriteLine(finding);                                           // a verdict, its evidence, what to change
        #endregion
    }

    public static TrainingOptions Measured()
    {
        #region fidelity
        using var features = GarmentClassifier.Load();
        var options = new TrainingOptions
        {
            Metrics =
            [
                new(new FrechetDistanceMetric(features)),
                new(NeighborMetric.Recall(features), EveryReports: 5),
            ],
        };
        #endregion
        return options;
    }

    public static async Task Watching(Dataset data, GeneratorNetwork generator, DiscriminatorNetwork discriminator, CancellationToken stopping)
    {
        #region watch
        using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole());
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            Logger = logging.CreateLogger("training"),                                // runs, reports, checkpoints, and at once what goes wrong
            Metrics = [new(new EnergyDistanceMetric()), new(new MeanDistance(), EveryReports: 5)],
        });
        var checkpoints = new CheckpointOptions { KeepBest = "energy distance (pixels)" };

        await foreach (var report in trainer.Train(10_000, stopping).WithCheckpoints("run1", checkpoints).Every(500).AsAsyncEnumerable())
            Console.WriteLine(report.Metrics["energy distance (pixels)"]);            // 0.0312 ± 0.0054

        trainer.Resume("run1", new() { Best = true });                                // the checkpoint where it was lowest
        #endregion
    }

    public static void Reporting(GanTrainer trainer, GeneratorNetwork generator)
    {
        #region reporting
        using var folder = RunFolder.Create("runs/garments", trainer, new() { Title = "A GAN of garments" });
        var run = trainer.Train(2_500).Every(125)
            .WithProgress()                               // on the console
            .WithRunFolder(folder)                        // in files
            .WithLivePage(folder)                         // in a browser, while it trains (package GanSharp.LivePage)
            .WithTensorBoard("runs/garments/events");     // where TensorBoard is what you have
        foreach (var report in run)
            Console.WriteLine(report.Divergence);
        #endregion

        #region animations
        Animation.Save(new LatentWalk().Frames(generator), "walk.gif");              // a walk that ends where it began
        Animation.SaveProgress(RunFolder.Open("runs/garments"), "progress.png");     // the samples of every step
        #endregion
    }

    public static void Autoencoder()
    {
        #region autoencoder
        using var garments = FashionMnist.Load();
        var shape = new ImageShape(1, 28, 28);
        using var vae = new VariationalAutoencoder(new DcganEncoder(shape, latentSize: 64, width: 32), new DcganGenerator(shape, latentSize: 64, width: 32));
        using var trainer = new AutoencoderTrainer(vae, garments, new() { BatchSize = 64 });

        foreach (var report in trainer.Train(steps: 2_000).Every(200).WithProgress())
            Console.WriteLine(report);                        // ln p(x) >= reconstruction − KL, in nats, on training and held-out images

        ImageGrid.Save(vae.Decoder.Sample(64), "vae.png");    // the decoder is a generator like any other
        #endregion
    }

    public static void Evaluating(Dataset data, GeneratorNetwork generator)
    {
        #region evaluate
        generator.LoadCheckpoint("run1");                                             // the average of the newest checkpoint
        var report = Evaluation.Compare(data, generator);                             // or two data sets, or two folders of images
        Console.WriteLine(report);                                                    // a table with intervals
        report.Save("metrics.json");                                                  // values, settings, counts, seed, fingerprints
        if (!File.Exists("best.json") || report.Records[0].IsBetterThan(MetricRecord.Load("best.json")))   // refused where the two can't be compared
            report.Records[0].Save("best.json");
        #endregion
    }

    public static TrainingOptions Configured(IConfiguration configuration)
    {
        #region configuration
        var settings = configuration.GetSection("Training");
        var options = (settings.Get<TrainingOptions>() ?? new()) with
        {
            Objective = GanObjective.NonSaturating,                                   // what is an object is chosen in code
            DiscriminatorOptimizer = settings.GetSection("Sgd").Get<SgdOptions>() ?? new(),
        };
        #endregion
        return options;
    }

    public static void Weights(GanTrainer trainer)
    {
        #region weights
        using (trainer.UseAverage())                                     // the average samples better than any one step
            trainer.Generator.SaveWeights("generator.safetensors");

        using var generator = new DcganGenerator(new ImageShape(3, 32, 32));
        generator.LoadWeights("generator.safetensors");                  // or every name, shape and type that differs, in one message
        #endregion
    }

    public static void AnySafetensors()
    {
        #region any safetensors
        using var file = SafetensorsFile.Read("anything.safetensors");
        foreach (var (name, values) in file.Tensors)
            Console.WriteLine($"{name}: {values.dtype}, {values.numel()} values");
        #endregion
    }

    public static void OwnPieces()
    {
        #region own pieces in use
        using var data = FashionMnist.Load();                                         // 28 × 28, gray; downloaded once (30 MB)
        using var generator = new DcganGenerator(new ImageShape(1, 28, 28));
        using var discriminator = new MyDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            Objective = new MyLeastSquares(),
            DiscriminatorPenalties = [new R1(gamma: 1)],
            DiscriminatorSteps = 2,
        });
        #endregion
    }

    public static void NeverLoseARun(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, CancellationToken cancellation)
    {
        #region checkpoints
        using var trainer = new GanTrainer(generator, discriminator, data);

        if (trainer.ResumeIfAny("run1") is { } resumed)            // the same program starts a run and continues it
            Console.WriteLine(resumed);
        foreach (var report in trainer.TrainTo(10_000, cancellation)
            .WithCheckpoints("run1", new() { EverySteps = 500, KeepLast = 3, KeepEverySteps = 5_000 })
            .Every(500))
            Console.WriteLine(report);
        #endregion
    }

    public static void Mixture(GanTrainer trainer)
    {
        #region mixture
        var half = ClassMixture.Of(count: 8, classes: 10, (7, 0.5), (9, 0.5));       // between a sneaker and a boot
        var walk = ClassMixture.Between(from: 7, to: 9, classes: 10, steps: 9);      // and all the way from one to the other
        var latents = trainer.Generator.Prior.Sample(1).repeat(9, 1);                // by one z
        using var halves = trainer.Sample(8, half);
        using var images = trainer.Sample(latents, walk);
        #endregion
    }

    public static async Task Serving(GanTrainer trainer, WebApplication app)
    {
        #region serving
        using var snapshot = trainer.Snapshot();                   // a copy of the average, for any thread
        app.MapGet("/sample/{seed:long}", async (long seed) =>
        {
            using var sample = await snapshot.SampleAsync(1, seed);
            return Results.Bytes(sample.bytes.ToArray());          // float32 values
        });
        await app.StartAsync();
        foreach (var report in trainer.Train(100_000).Every(500))
            snapshot.Update();                                     // from here on it answers with the weights of this report
        #endregion
    }

    public static void Guarded()
    {
        #region guards
        var options = new TrainingOptions { Guards = new() { Policy = DivergencePolicy.RollBack, SnapshotEverySteps = 200 } };
        #endregion
        _ = options;
    }

    public static void LowPrecision()
    {
        #region bfloat16
        var options = new TrainingOptions { Precision = Precision.BFloat16 };
        #endregion
        _ = options;
    }

    #region own state
    /// <summary>Keeps D's mean logit near where it has been.</summary>
    public sealed class DriftPenalty : DiscriminatorPenalty, IStateful
    {
        private readonly Tensor mean = zeros(1);
        private long calls;

        public IReadOnlyList<(string Name, Tensor Value)> State => [("mean", mean)];

        public double[] Scalars { get => [calls]; set => calls = (long)value[0]; }

        public override Tensor Evaluate(DiscriminatorPass pass)
        {
            calls++;
            var penalty = (pass.Real.Logits - mean).square() * 1e-3;
            using var frozen = no_grad();
            mean.lerp_(AcrossRanks.Mean(pass.Real.Logits.mean()), 1.0 / calls);   // of all processes, where there are several
            return penalty;
        }
    }
    #endregion

    #region own metric
    public sealed class MeanDistance : IMetric
    {
        public string Name => "mean distance";

        public MetricGoal Goal => MetricGoal.Lower;

        public MetricValue Measure(MetricContext context)
        {
            var features = new PixelFeatures();
            var (real, fake) = (features.ExtractAll(context.Real(2_000)), features.ExtractAll(context.Generated(2_000)));
            return (real.mean([0]) - fake.mean([0])).norm().item<float>();
        }
    }
    #endregion

    #region own discriminator
    public sealed class MyDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body, head;

        public MyDiscriminator(int width = 64)
            : base(nameof(MyDiscriminator))
        {
            body = Sequential(Conv2d(1, width, 4, stride: 2, padding: 1), LeakyReLU(0.2));
            head = Linear(width * 14 * 14, 1);
            RegisterComponents();
        }

        // One logit per sample, shape [N]: no sigmoid at the end.
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => head.call(body.call(samples).flatten(1)).squeeze(1);
    }
    #endregion

    #region onnx rule
    public sealed class CubicGenerator : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> body;

        public CubicGenerator()
            : base(nameof(CubicGenerator), LatentPrior.Normal(4))
        {
            body = Sequential(("hidden", Linear(4, 32)), ("activation", ReLU()), ("output", Linear(32, 2)));
            RegisterComponents();
        }

        // Says in ONNX's operators what forward says in torch's.
        public static OnnxRule Rule => OnnxRule.Of<CubicGenerator>((network, scope, latents) =>
        {
            var features = scope.Call("body", latents);
            return scope.Node("Mul", [scope.Node("Mul", [features, features]), features]);
        });

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents).pow(3);
    }
    #endregion

    #region own penalty
    /// <summary>Keeps logits near 0 (Karras et al. 2018).</summary>
    public sealed class LogitDrift(double weight) : DiscriminatorPenalty
    {
        public override Tensor Evaluate(DiscriminatorPass pass) => pass.Real.Logits.square() * weight;
    }
    #endregion

    #region own augmentation
    public sealed class Shift(double scale) : Augmentation
    {
        public override Tensor Apply(Tensor samples, Generator random) =>
            samples + randn([samples.shape[0], 1, 1, 1], device: samples.device, generator: random) * scale;
    }
    #endregion

    #region own objective
    public sealed class MyLeastSquares : LogitObjective
    {
        public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

        public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
    }
    #endregion
}

/// <summary>Code that stands in the project of <c>dotnet new gansharp</c>, beside networks and settings of these names.</summary>
internal static class TemplateSnippets
{
    public static void Options(Settings settings, ImageFolder data, GeneratorNetwork generator, DiscriminatorNetwork discriminator)
    {
        #region tutorial options
        var options = TrainingOptions.RegularizedRelativistic(settings.Steps, gamma: 1, learningRate: 5e-4) with
        {
            BatchSize = settings.BatchSize,
            Augmentation = Augmentation.DiffAugment,          // for a few hundred images: D sees them shifted, recolored and cut
            Diagnostics = new() { Auditor = () => new Discriminator(settings.Size) },
        };
        #endregion
        new GanTrainer(generator, discriminator, data, options).Dispose();
    }

    public static int Program(string[] args)
    {
        #region tutorial sample
        if (args is ["sample"])
        {
            using var trained = new Generator(size: 32);              // of the same size as when it was saved
            trained.LoadWeights("output/generator.safetensors");
            using var images = trained.Sample(64);                    // [64, 3, 32, 32], in [−1, 1]
            ImageGrid.Save(images, "samples.png");
            return 0;
        }
        #endregion
        return 1;
    }

    public sealed record Settings(int Size, int Steps, int BatchSize);

    private sealed class Generator(int size) : GeneratorNetwork(nameof(Generator), LatentPrior.Normal(size))
    {
        public override Tensor forward(Tensor latents, Tensor? labels) => latents;
    }

    private sealed class Discriminator(int size) : DiscriminatorNetwork(nameof(Discriminator))
    {
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.mean([size]);
    }
}
