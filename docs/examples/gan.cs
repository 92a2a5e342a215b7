// A GAN in one file: trains on a ring of eight Gaussians for half a minute, shows how it goes on the console and in a browser, and writes its report.
//
//     dotnet run gan.cs
#:package GanSharp@*
#:package GanSharp.Reporting@*
#:package GanSharp.LivePage@*
#:package TorchSharp-cpu@0.107.0
// libtorch is linked to, not copied; and nothing here is compiled ahead of time.
#:property CreateSymbolicLinksForCopyLocalIfPossible=true
#:property PublishAot=false

using GanSharp.Data.Distributions;
using GanSharp.Live;
using GanSharp.Networks;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;

var steps = args.Length > 0 ? int.Parse(args[0]) : 4_000;
using var data = Mixtures.Ring(modes: 8);
using var generator = new MlpGenerator(latentSize: 2, width: 64, outputSize: 2);
using var discriminator = new MlpDiscriminator(inputSize: 2, width: 64);
var recipe = TrainingOptions.RegularizedRelativistic(steps, gamma: 0.3, learningRate: 1e-3) with
{
    // A fresh discriminator measures what is left at the end.
    Diagnostics = new() { Samples = 2_000, Auditor = () => new MlpDiscriminator(inputSize: 2, width: 64), AuditEveryReports = int.MaxValue, Audit = new() { MaximumSteps = 300 } },
};
using var trainer = new GanTrainer(generator, discriminator, data, recipe);
using var folder = RunFolder.Create("output", trainer, new() { Title = "A ring of eight Gaussians" });

StepReport? last = null;
foreach (var report in trainer.Train(steps).Every(Math.Max(1, steps / 10)).WithProgress().WithRunFolder(folder).WithLivePage(folder))
    last = report;

Console.WriteLine($"{last!.Divergence}.");
Console.WriteLine($"Open {folder.Page}.");
