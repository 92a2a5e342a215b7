using System.CommandLine;
using GanSharp.Data.Images;
using GanSharp.Live;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Images;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Onnx;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Samples;
using GanSharp.Training;
using TorchSharp;

var steps = new Option<int>("--steps") { Description = "Generator steps.", DefaultValueFactory = _ => 5_000 }.AtLeast(2);
var name = new Option<string>("--recipe") { Description = "Networks and game: default (DCGAN's networks, R3GAN's game), or a paper's.", DefaultValueFactory = _ => GarmentRecipe.Default }.OneOf(GarmentRecipe.Names);
var conditional = new Option<bool>("--conditional") { Description = "Generate the class that is asked for: both networks see the labels." };
var batchSize = new Option<int?>("--batch-size") { Description = "Real images, and as many generated ones, in a step. Default: the recipe's, 64 for the default one." }.AtLeast(1);
var width = new Option<int>("--width") { Description = "Channels of the networks' first stage; 64 is better and three times slower.", DefaultValueFactory = _ => 32 }.AtLeast(1);
var learningRate = new Option<double>("--learning-rate") { Description = "Adam's step size at the start, of the default recipe.", DefaultValueFactory = _ => 1e-3 }.AtLeast(0.0);
var gamma = new Option<double>("--gamma") { Description = "Weight of the gradient penalties R1 and R2 at the start, of the default recipe.", DefaultValueFactory = _ => 1 }.AtLeast(0.0);
var data = new Option<DirectoryInfo?>("--data") { Description = "Folder with IDX files of the MNIST family. Default: the 10,000 garments that ship with this sample." };
var all = new Option<bool>("--all") { Description = "All 60,000 images: from Debian's package, else from the cache, else downloaded (30 MB)." };
var checkpoints = new Option<DirectoryInfo?>("--checkpoints") { Description = "Folder for checkpoints, one every 250 steps and one where the run ends or is interrupted. Default: none." };
var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint in the folder of --checkpoints, bit for bit." };
var serve = new Option<bool>("--serve") { Description = "Show the run as it goes on a page that this machine's browser opens; its address is printed." };
var output = SampleCommand.Output("fashion-mnist");

var command = new RootCommand("Trains a GAN on images of garments, and says how far it is from the data while it does.")
{
    steps, name, conditional, batchSize, width, learningRate, gamma, data, all, checkpoints, resume, serve, SampleCommand.Seed, SampleCommand.Quiet, SampleCommand.Verbose, SampleCommand.Precision, output,
};
return SampleCommand.Run(command, args, Train);

void Train(ParseResult options, CancellationToken cancellation)
{
    var folder = SampleCommand.Prepare(options.GetRequiredValue(output));
    var shipped = Path.Combine(AppContext.BaseDirectory, "data");
    using var images = options.GetValue(all)
        ? FashionMnist.Load(cancellationToken: cancellation)
        : FashionMnist.Load(options.GetValue(data)?.FullName ?? shipped, cancellation);
    var shape = ImageShape.Of(images);

    int? classes = options.GetValue(conditional) ? (int)images.Draw(0, 0, (int)images.Count!.Value).Labels!.max().item<long>() + 1 : null;
    var chosen = GarmentRecipe.Named(
        options.GetRequiredValue(name), shape, classes, options.GetValue(width), options.GetValue(steps), options.GetValue(learningRate), options.GetValue(gamma));
    torch.manual_seed(options.GetValue(SampleCommand.Seed));
    var device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
    using var generator = chosen.CreateGenerator();
    using var discriminator = chosen.CreateDiscriminator();
    generator.to(device);
    discriminator.to(device);

    // The classifier knows garments only; for other images, features that were never trained.
    IFeatureExtractor features = options.GetValue(data) is null ? GarmentClassifier.Load() : new RandomConvolutionFeatures(shape.Channels);
    using var weights = (IDisposable)features;
    (IMetric Metric, string Meaning)[] metrics =
    [
        (new FrechetDistanceMetric(features, samples: 1_000), "distance between the distributions of real and generated images; lower is better"),
        (new KernelDistanceMetric(features, samples: 1_000), "another such distance, which is 0 on average for a perfect generator"),
        (NeighborMetric.Precision(features, samples: 1_000), "share of generated images that look like real ones"),
        (NeighborMetric.Recall(features, samples: 1_000), "share of real images that look like generated ones: low where kinds are missing"),
        (NeighborMetric.Coverage(features, samples: 1_000), "share of real images with a generated one nearby"),
        (SharpnessMetric.HighFrequencyShare(samples: 1_000), "fine detail: less than in real images is blur, more is noise"),
        .. classes is not null && features is IClassifier classifier
            ? [(new ConditionalAccuracyMetric(classifier, samples: 2_000), "share of generated images that look like the class that was asked for")]
            : Array.Empty<(IMetric, string)>(),
    ];

    var recipe = chosen.Options with
    {
        BatchSize = options.GetValue(batchSize) ?? chosen.Options.BatchSize,
        Seed = options.GetValue(SampleCommand.Seed),
        Precision = options.GetValue(SampleCommand.Precision),
        // At the last report only.
        Metrics = [.. metrics.Select(entry => new ScheduledMetric(entry.Metric, EveryReports: int.MaxValue))],
        Diagnostics = new()
        {
            Auditor = () => new DcganDiscriminator(shape, options.GetValue(width), classes: classes),
            // A training of its own: at the end only, and short.
            AuditEveryReports = int.MaxValue,
            Audit = new() { MaximumSteps = 400, BatchSize = 64 },
        },
    };
    using var trainer = new GanTrainer(generator, discriminator, images, recipe);
    Console.WriteLine($"{images.Name}: {images.Count:N0} training and {images.HeldOut!.Count:N0} held-out images of {shape}, on {device}.");

    using var written = RunFolder.Create(folder, trainer, new() { Title = $"A GAN of {images.Name}" });
    var saved = options.GetValue(checkpoints)?.FullName;
    if (options.GetValue(resume))
        Console.WriteLine(trainer.Resume(saved ?? throw new ArgumentException("--resume needs --checkpoints: the folder to resume from.")));
    var run = trainer.TrainTo(options.GetValue(steps), cancellation);
    if (saved is not null)
        run = run.WithCheckpoints(saved, new() { EverySteps = 250 });
    StepReport? last = null;
    var reports = run.Every(250).WithProgress(verbosity: SampleCommand.Verbosity).WithRunFolder(written);
    if (options.GetValue(serve))
        reports = reports.WithLivePage(written);
    foreach (var report in reports)
        last = report;

    if (saved is not null)
        Console.WriteLine($"Saved at step {trainer.Step:N0} in {saved}; the same command with --resume goes on from there.");
    if (last is null)
        return;
    // A class in each column, or none.
    var columns = classes ?? 8;
    var picture = Path.Combine(folder, "samples.png");
    using (torch.NewDisposeScope())
        ImageGrid.SaveSideBySide(images.HeldOut.Draw(seed: 0, position: 0, count: 8 * columns).Samples, trainer.Sample(8 * columns, classes is { } count ? torch.arange(8 * columns) % count : null), picture, columns);
    // What samples/Serve serves: the average, as trainer.Sample uses it.
    using (trainer.UseAverage())
        generator.ExportOnnx(Path.Combine(folder, "generator.onnx"));
    SampleAnimations.Save(written, trainer, generator, columns, classes);
    SampleCommand.Conclude(last);
    SampleCommand.Show(last.Metrics, metrics);
    SampleCommand.Conclude(written, picture);
}
