using GanProject;
using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Runtime;
using GanSharp.Training;
using GanSharp.Training.Guards;
using GanSharp.Training.Runs;
using TorchSharp;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Settings.Usage);
    return 0;
}
try
{
    return Train(Settings.Parse(args));
}
catch (OperationCanceledException)
{
    return 130;                                                // Ctrl-C while images are read
}
catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException or InvalidDatasetException or InvalidOperationException
    or NetworkException or TorchRuntimeException or TrainingDivergedException or TrainingFailedException)
{
    Console.Error.WriteLine($"Error: {error.Message}");
    return 1;
}

static int Train(Settings settings)
{
    using var interruption = new ConsoleInterruption();        // Ctrl-C: finish the step, save, stop
    new ComputeTuning { PassiveWaiting = true }.Apply();       // kind to other programs; a machine of its own is a little faster without
    torch.manual_seed(0);                                      // the networks' first weights
    var device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;

    // Without images there is still something to see: points of a ring, which the library's small networks learn in a minute.
    var onImages = settings.Images != "";
    using var data = onImages ? Images(settings, interruption.Token) : Mixtures.Ring(modes: 8);
    using GeneratorNetwork generator = onImages ? new Generator(settings.Size) : new MlpGenerator(latentSize: 2, width: 128, outputSize: 2);
    using DiscriminatorNetwork discriminator = onImages ? new Discriminator(settings.Size) : new MlpDiscriminator(inputSize: 2, width: 128);
    generator.to(device);
    discriminator.to(device);

    // The objective, the penalties and the rates: the first things to change. gamma is the weight of the gradient penalties.
    var options = TrainingOptions.RegularizedRelativistic(settings.Steps, gamma: onImages ? 1 : 0.3, learningRate: onImages ? 5e-4 : 1e-3) with { BatchSize = settings.BatchSize };
    using var trainer = new GanTrainer(generator, discriminator, data, options);
    if (trainer.ResumeIfAny(settings.Checkpoints) is { } resumed)
        Console.WriteLine(resumed);

    using var folder = RunFolder.Create(settings.Output, trainer, new() { Title = $"A GAN of {data.Name}" });
    foreach (var report in trainer.TrainTo(settings.Steps, interruption.Token)
        .WithCheckpoints(settings.Checkpoints, new() { EverySteps = 500 })
        .Every(Math.Max(1, settings.Steps / 50)).WithProgress().WithRunFolder(folder))
    {
        // Each report is here: report.Divergence, report.Health, … and a break ends the run.
    }

    using (trainer.UseAverage())                               // the average samples better than any one step
        generator.SaveWeights(Path.Combine(settings.Output, "generator.safetensors"));
    Console.WriteLine(trainer.Step < settings.Steps
        ? $"Stopped at step {trainer.Step} and saved in {settings.Checkpoints}: the same command goes on from there."
        : $"Trained {trainer.Step} steps. To train anew, delete {settings.Checkpoints}.");
    Console.WriteLine($"Open {folder.Page}.");
    return interruption.Token.IsCancellationRequested ? 130 : 0;
}

static Dataset Images(Settings settings, CancellationToken cancellation)
{
    var images = ImageFolder.Load(settings.Images, new() { Image = new(3, settings.Size, settings.Size), CorruptImages = CorruptImagePolicy.Skip }, cancellationToken: cancellation);
    foreach (var file in images.Skipped)
        Console.Error.WriteLine($"Left out: {file}");
    Console.WriteLine($"{images.Count} images to train on and {images.HeldOut!.Count} held out, {settings.Size} x {settings.Size} pixels.");
    return images;
}
