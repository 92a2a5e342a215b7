using System.CommandLine;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Metrics.Images;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Samples;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using TorchSharp;

const int LatentSize = 64, BatchSize = 64, MeasuredImages = 1_000, PaceSteps = 200;
var shape = new ImageShape(1, 28, 28);

var steps = new Option<int>("--steps") { Description = "Steps of the GAN. The VAE then trains for the same time.", DefaultValueFactory = _ => 1_000 }.AtLeast(2);
var width = new Option<int>("--width") { Description = "Channels of the networks' first stage.", DefaultValueFactory = _ => 32 }.AtLeast(1);
var output = SampleCommand.Output("vae-versus-gan");

var command = new RootCommand("Trains a GAN and a VAE with the same generator on the same garments for the same time, and puts both beside real images.") { steps, width, SampleCommand.Seed, SampleCommand.Quiet, SampleCommand.Verbose, output };
return SampleCommand.Run(command, args, Compare);

void Compare(ParseResult options, CancellationToken cancellation)
{
    var folder = SampleCommand.Prepare(options.GetRequiredValue(output));
    string In(string name) => Path.Combine(folder, name);
    var seed = options.GetValue(SampleCommand.Seed);
    using var garments = FashionMnist.Load(Path.Combine(AppContext.BaseDirectory, "data"), cancellation);
    DcganGenerator Generator() => new(shape, LatentSize, options.GetValue(width));
    DcganDiscriminator Discriminator() => new(shape, options.GetValue(width));

    torch.manual_seed(seed);
    using var generator = Generator();
    using var discriminator = Discriminator();
    var recipe = TrainingOptions.RegularizedRelativistic(options.GetValue(steps), gamma: 1, learningRate: 1e-3) with
    {
        BatchSize = BatchSize,
        Seed = seed,
        Diagnostics = new() { Samples = 0 },
    };
    using var trainer = new GanTrainer(generator, discriminator, garments, recipe);
    Console.WriteLine($"GAN: {options.GetValue(steps):N0} steps.");
    using var ganRun = RunFolder.Create(In("gan"), trainer, new() { Title = "A GAN of garments" });
    var ofGan = trainer.TrainTo(options.GetValue(steps), cancellation).Every(Math.Max(1, options.GetValue(steps) / 5)).WithProgress(verbosity: SampleCommand.Verbosity).WithRunFolder(ganRun).LastOrDefault();

    torch.manual_seed(seed);
    using var vae = new VariationalAutoencoder(new DcganEncoder(shape, LatentSize, options.GetValue(width)), Generator());
    using var vaeTrainer = new AutoencoderTrainer(vae, garments, new() { BatchSize = BatchSize, Seed = seed });
    using var vaeRun = RunFolder.Create(In("vae"), vaeTrainer, new() { Title = "A VAE of garments" });
    // The pace of the first steps says how many fit into the GAN's time.
    var pace = vaeTrainer.TrainTo(PaceSteps, cancellation).Every(PaceSteps).WithRunFolder(vaeRun).LastOrDefault();
    if (ofGan is null || pace is null || cancellation.IsCancellationRequested)
        return;
    var vaeSteps = Math.Max(PaceSteps + 1, (long)(PaceSteps * (ofGan.Elapsed / pace.Elapsed)));
    Console.WriteLine($"VAE: {vaeSteps:N0} steps.");
    var ofVae = vaeTrainer.TrainTo(vaeSteps, cancellation).Every(Math.Max(1, vaeSteps / 20)).WithProgress(verbosity: SampleCommand.Verbosity).WithRunFolder(vaeRun).LastOrDefault();
    if (ofVae is null || cancellation.IsCancellationRequested)
        return;
    Console.WriteLine($"The GAN trained for {ofGan.Elapsed:mm\\:ss}, the VAE for {pace.Elapsed + ofVae.Elapsed:mm\\:ss}.");

    using var average = trainer.UseAverage();
    using (torch.NewDisposeScope())
    {
        var real = garments.HeldOut!.Draw(seed: 0, position: 0, count: 32).Samples;
        ImageGrid.SaveCaptioned([("Real", real), ("VAE", vae.Decoder.Sample(32)), ("GAN", generator.Sample(32))], In("samples.png"), columns: 4);
        ImageGrid.SaveCaptioned([("Real", real), ("Reconstructed by the VAE", vae.Reconstruct(real))], In("reconstructions.png"), columns: 4);
    }
    Show(garments, vae.Decoder, generator, Discriminator, cancellation);
    Console.WriteLine($"Open {In("samples.png")} and reconstructions.png beside it.");
    SampleCommand.Conclude(ganRun);
    SampleCommand.Conclude(vaeRun);
}

static void Show(Dataset data, GeneratorNetwork vae, GeneratorNetwork gan, Func<DiscriminatorNetwork> makeAuditor, CancellationToken cancellation)
{
    using var features = GarmentClassifier.Load();
    (IMetric Metric, string Meaning)[] metrics =
    [
        (SharpnessMetric.LaplacianVariance(MeasuredImages), "edges and grain: below real images is blur"),
        (SharpnessMetric.HighFrequencyShare(MeasuredImages), "share of fine detail"),
        (new FrechetDistanceMetric(features, MeasuredImages), "lower is better"),
        (new KernelDistanceMetric(features, MeasuredImages), "lower is better"),
        (NeighborMetric.Precision(features, MeasuredImages), "generated images that look real"),
        (NeighborMetric.Recall(features, MeasuredImages), "real images that look generated"),
        (NeighborMetric.Coverage(features, MeasuredImages), "real images with a generated one nearby"),
    ];
    Console.WriteLine($"{"",-40}{"real images",-17}{"VAE",-17}{"GAN",-17}");
    foreach (var (metric, meaning) in metrics)
    {
        using var scope = torch.NewDisposeScope();
        var (ofVae, ofGan) = (metric.Measure(new MetricContext(vae, data, cancellationToken: cancellation)), metric.Measure(new MetricContext(gan, data, cancellationToken: cancellation)));
        Console.WriteLine($"{metric.Name,-40}{SampleCommand.Short(ofVae.OfReal),-17}{SampleCommand.Short(ofVae.Interval),-17}{SampleCommand.Short(ofGan.Interval),-17}{meaning}");
    }
    string Audit(GeneratorNetwork generator) => SampleCommand.Short(Auditor.Audit(generator, data, makeAuditor, new() { MaximumSteps = 400, BatchSize = BatchSize }, cancellation).Bound);
    Console.WriteLine($"{"JS by a fresh auditor, at least (nats)",-40}{"",-17}{Audit(vae),-17}{Audit(gan),-17}ln 2 = 0.693 is nothing in common");
}
