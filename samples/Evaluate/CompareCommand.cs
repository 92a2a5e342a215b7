using System.CommandLine;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Evaluations;
using GanSharp.Metrics.Features;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Onnx;
using GanSharp.Reporting;
using GanSharp.Training.Checkpointing;

namespace GanSharp.Samples.Evaluate;

/// <summary>Compares a generator, or a folder of its images, with real images.</summary>
internal static class CompareCommand
{
    private static readonly Option<DirectoryInfo?> Checkpoint = new("--checkpoint") { Description = "Folder of a run's checkpoints, or one of them; its average is measured where it has one." };
    private static readonly Option<FileInfo?> Weights = new("--weights") { Description = "A generator's weights (safetensors)." };
    private static readonly Option<string> Network = new("--network") { Description = "The generator's class, for --checkpoint and --weights.", DefaultValueFactory = _ => "dcgan" };
    private static readonly Option<int> Width = new Option<int>("--width") { Description = "The generator's width.", DefaultValueFactory = _ => 32 }.AtLeast(1);
    private static readonly Option<int> Latents = new Option<int>("--latents") { Description = "The generator's latent size.", DefaultValueFactory = _ => 64 }.AtLeast(1);
    private static readonly Option<DirectoryInfo?> Fake = new("--fake") { Description = "Folder of generated images, in place of a generator." };
    private static readonly Option<DirectoryInfo?> Real = new("--real") { Description = "Folder of real images, or of IDX files of the MNIST family, whose held-out part is used. Default: the 2,000 held-out garments that ship with the samples." };
    private static readonly Option<string> Image = new("--image") { Description = "Channels x height x width to which images of folders are brought.", DefaultValueFactory = _ => "3x64x64" };
    private static readonly Option<string> Features = new("--features") { Description = "What metrics compare: auto, pixels, random, garments, digits, resnet18 (of ImageNet; slow), or an ONNX file." };
    private static readonly Option<long> Samples = new Option<long>("--samples") { Description = "Samples of each side, where there are as many.", DefaultValueFactory = _ => 10_000 }.AtLeast(2L);
    private static readonly Option<DirectoryInfo> Output = SampleCommand.Output("evaluate");

    public static RootCommand Root { get; } = new("Compares a generator, or a folder of its images, with real images: a table of metrics with their intervals, and a record in JSON.")
    {
        Checkpoint, Weights, Network, Width, Latents, Fake, Real, Image, Features, Samples, SampleCommand.Seed, Output,
    };

    public static void Run(ParseResult options, CancellationToken cancellation)
    {
        object?[] sources = [options.GetValue(Checkpoint), options.GetValue(Weights), options.GetValue(Fake)];
        if (sources.Count(source => source is not null) != 1)
            throw new ArgumentException("Name one of --checkpoint, --weights and --fake: what to compare with the real images.");
        var image = ParseShape(options.GetRequiredValue(Image));
        var folder = SampleCommand.Prepare(options.GetRequiredValue(Output));
        using var progress = new ConsoleShare("reading images");
        using var real = OpenReal(options, image, progress, cancellation);
        var features = FeaturesOf(options.GetValue(Features) ?? "auto", real.SampleShape);
        try
        {
            var settings = new EvaluationOptions { Features = features, Samples = options.GetValue(Samples), Seed = options.GetValue(SampleCommand.Seed) };
            var report = Compare(options, real, settings, progress, cancellation);
            progress.Dispose();
            Console.WriteLine();
            Console.Write(report);
            var record = Path.Combine(folder, "metrics.json");
            report.Save(record);
            Console.WriteLine($"{Environment.NewLine}A value can be compared with another only where data, counts, seed and settings are the same: {record} holds them.");
        }
        finally
        {
            (features as IDisposable)?.Dispose();
        }
    }

    private static EvaluationReport Compare(ParseResult options, Dataset real, EvaluationOptions settings, ConsoleShare progress, CancellationToken cancellation)
    {
        var steps = new Forward(step =>
        {
            progress.Title = step.Metric;
            progress.Report(step.Done / (double)step.Count);
        });
        if (options.GetValue(Fake) is { } images)
        {
            using var fake = ImageFolder.Stream(images.FullName, Loading(ImageShape.Of(real)), progress, cancellation);
            Announce(real, $"{fake.Count:N0} generated images of {images.FullName}");
            return Evaluation.Compare(real, fake, settings, steps, cancellation);
        }
        using var generator = MakeGenerator(options, ImageShape.Of(real));
        var from = options.GetValue(Weights)?.FullName;
        if (from is not null)
            generator.LoadWeights(from);
        else
            from = generator.LoadCheckpoint(options.GetRequiredValue(Checkpoint)!.FullName);
        Announce(real, $"{generator.GetType().Name} of {from}");
        return Evaluation.Compare(real, generator, settings, steps, cancellation);
    }

    private static void Announce(Dataset real, string generated) => Console.WriteLine($"{(real.HeldOut ?? real).Count:N0} real images of {(real.HeldOut ?? real).Name}, against {generated}.");

    private static Dataset OpenReal(ParseResult options, ImageShape image, ConsoleShare progress, CancellationToken cancellation)
    {
        var folder = options.GetValue(Real)?.FullName ?? Path.Combine(AppContext.BaseDirectory, "data");
        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*-ubyte*").Any())
            return FashionMnist.Load(folder, cancellation);
        return ImageFolder.Stream(folder, Loading(image), progress, cancellation);
    }

    private static DcganGenerator MakeGenerator(ParseResult options, ImageShape image)
    {
        var (width, latents) = (options.GetValue(Width), options.GetValue(Latents));
        return options.GetRequiredValue(Network) switch
        {
            "dcgan" => new DcganGenerator(image, latents, width),
            var other => throw new ArgumentException($"--network must be dcgan but is '{other}'. For a network of your own call Evaluation.Compare(data, generator)."),
        };
    }

    private static IFeatureExtractor FeaturesOf(string name, IReadOnlyList<long> shape) => name switch
    {
        "auto" => Evaluation.DefaultFeatures(shape),
        "pixels" => new PixelFeatures(),
        "random" => new RandomConvolutionFeatures((int)shape[0]),
        "garments" => GarmentClassifier.Load(),
        "digits" => DigitClassifier.Load(),
        "resnet18" => OnnxFeatures.ResNet18(),
        _ when name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) => new OnnxFeatures(name),
        _ => throw new ArgumentException($"--features must be auto, pixels, random, garments, digits, resnet18 or an ONNX file but is '{name}'."),
    };

    private static ImageFolderOptions Loading(ImageShape image) => new() { Image = image, HeldOutFraction = 0 };

    private static ImageShape ParseShape(string text)
    {
        var parts = text.Split('x');
        int[] sizes = [.. parts.Select(part => int.TryParse(part, out var size) ? size : 0)];
        return sizes is [> 0, > 0, > 0] ? new(sizes[0], sizes[1], sizes[2])
            : throw new ArgumentException($"--image must be channels x height x width, such as 3x64x64, but is '{text}'.");
    }

    /// <summary>At once and in order, which <see cref="Progress{T}"/> doesn't promise.</summary>
    private sealed class Forward(Action<EvaluationProgress> show) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => show(value);
    }
}
