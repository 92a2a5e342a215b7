using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using GanSharp.Networks;
using GanSharp.Players;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Samples;

/// <summary>
/// Modes in the plane with the recipe of R3GAN, by the protocol of PacGAN. G has no density here, so its true divergence isn't known;
/// what can be counted are the modes that it hits.
/// </summary>
internal static class PlaneExperiment
{
    private const int CoverageSamples = 10_000, DrawnSamples = 2_000;

    public static void Run(bool isRing, int steps, int seed, Precision precision, string folder, CancellationToken cancellation)
    {
        var name = isRing ? "ring" : "grid";
        manual_seed(seed);
        using var data = isRing ? Mixtures.Ring() : Mixtures.Grid();
        using var generator = new MlpGenerator(latentSize: 2, width: 128, outputSize: 2);
        using var discriminator = new MlpDiscriminator(inputSize: 2, width: 128);
        using var trainer = new GanTrainer(generator, discriminator, data,
            TrainingOptions.RegularizedRelativistic(steps, gamma: 0.3, learningRate: 1e-3) with
            {
                BatchSize = 256,
                Seed = seed,
                Precision = precision,
                // At the end only: an audit is a training of its own.
                Diagnostics = new()
                {
                    Auditor = () => new MlpDiscriminator(inputSize: 2, width: 128),
                    AuditEveryReports = int.MaxValue,
                    // Narrow modes far apart: the auditor needs a thousand steps before it sees anything at all.
                    Audit = new() { MaximumSteps = 6_000, Patience = 60, LearningRate = 3e-3 },
                },
            });

        using var scope = NewDisposeScope();
        var real = data.HeldOut.Draw(seed, 0, DrawnSamples).Samples;
        var panels = new List<ScatterPanel> { new("Start", real, trainer.Sample(DrawnSamples)) };
        using var written = RunFolder.Create(Path.Combine(folder, name), trainer, new() { Title = $"A GAN of {data.Name}" });
        StepReport? last = null;
        foreach (var report in trainer.Train(steps, cancellation).Every(Math.Max(1, steps / 60)).WithProgress().WithRunFolder(written))
        {
            last = report;
            if (panels.Count == 1 && report.Step >= steps / 6)
                panels.Add(new ScatterPanel($"Step {report.Step:N0}", real, trainer.Sample(DrawnSamples)));
        }
        if (last is null)
            return;
        panels.Add(new ScatterPanel($"Step {trainer.Step:N0}", real, trainer.Sample(DrawnSamples)));
        ScatterPlot.Save(panels, Path.Combine(folder, $"{name}.png"));
        Console.WriteLine($"{ModeCoverage.Measure(trainer.Sample(CoverageSamples), data)} nats, of {CoverageSamples:N0} samples");
        SampleCommand.Conclude(last);
        Console.WriteLine($"Open {Path.Combine(folder, $"{name}.png")}: the points at three moments.");
        SampleCommand.Conclude(written);
    }
}
