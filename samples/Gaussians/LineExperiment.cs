using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Schedules;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Samples;

/// <summary>
/// The original game on the line: data N(0, 1), G(z) = a z + b. First G is held fixed until D is optimal (eq. 20), then the two alternate
/// (eqs. 20 and 21). p_g is known throughout, so the divergence that D estimates stands beside the true one.
/// </summary>
internal static class LineExperiment
{
    private const int BatchSize = 512;

    public static void Run(int steps, int seed, Precision precision, string folder, CancellationToken cancellation)
    {
        manual_seed(seed);
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean: 2, standardDeviation: 0.6);
        using var discriminator = new MlpDiscriminator(inputSize: 1, width: 64, hiddenLayers: 2);
        var panels = new List<DensityPanel> { Panel("a. the start", data, generator, discriminator) };

        Console.WriteLine("G held fixed: D learns what it can (eq. 20).");
        Freeze(generator, frozen: true);
        using (var judge = new GanTrainer(generator, discriminator, data, Options(steps, seed, precision, discriminatorRate: 3e-3)))
            foreach (var _ in judge.Train(steps, cancellation).Every(Math.Max(1, steps / 10)).WithProgress())
            {
            }
        Freeze(generator, frozen: false);
        Compare(data, generator, discriminator);
        panels.Add(Panel("b. G held fixed, D optimal", data, generator, discriminator));

        Console.WriteLine();
        Console.WriteLine("Both learn in turn (eqs. 20 and 21).");
        using var trainer = new GanTrainer(generator, discriminator, data, Options(steps, seed, precision, discriminatorRate: 2e-3) with
        {
            Diagnostics = new()
            {
                Samples = 10_000,
                GeneratorDensity = generator.Density,
                Auditor = () => new MlpDiscriminator(inputSize: 1, width: 32, hiddenLayers: 2),
            },
        });
        using var written = RunFolder.Create(Path.Combine(folder, "line"), trainer, new() { Title = "A GAN of one Gaussian on the line" });
        var run = trainer.Train(steps, cancellation).Every(Math.Max(1, steps / 60));
        StepReport? last = null;
        foreach (var report in run.WithProgress().WithRunFolder(written))
        {
            last = report;
            using var density = generator.Density();
            if (panels.Count == 2 && JensenShannon.Quadrature(data, density) < 0.1)
                panels.Add(Panel($"c. step {report.Step:N0}", data, generator, discriminator));
        }
        if (last is null)
            return;
        Compare(data, generator, discriminator);
        panels.Add(Panel($"d. step {trainer.Step:N0}", data, generator, discriminator));
        DensityPlot.Save(panels, Path.Combine(folder, "line.png"));
        SampleCommand.Conclude(last);
        Console.WriteLine($"Open {Path.Combine(folder, "line.png")}: p_d, p_g and D at four moments.");
        SampleCommand.Conclude(written);
    }

    private static TrainingOptions Options(int steps, int seed, Precision precision, double discriminatorRate) => new()
    {
        BatchSize = BatchSize,
        Seed = seed,
        Precision = precision,
        DiscriminatorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(discriminatorRate, discriminatorRate / 1_000, steps), Beta1 = 0.9 },
        GeneratorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(4e-3, 4e-6, steps), Beta1 = 0 },
    };

    private static void Freeze(AffineGenerator generator, bool frozen)
    {
        foreach (var parameter in generator.parameters())
            parameter.requires_grad_(!frozen);
    }

    private static void Compare(GaussianMixture data, AffineGenerator generator, DiscriminatorNetwork discriminator)
    {
        using var scope = NewDisposeScope();
        using var density = generator.Density();
        var points = linspace(-8, 8, 3_201, float64).unsqueeze(1);
        var likely = data.LogDensity(points).exp() + density.LogDensity(points).exp() > 0.01;
        var error = (Probability(discriminator, points) - DensityRatio.Log(data, density, points).sigmoid()).abs();
        Console.WriteLine($"  data {data.Name}, generator {density.Name}");
        Console.WriteLine($"  JS divergence: estimated at least {JensenShannon.Bound(discriminator, data.HeldOut, generator, samples: 100_000)} nats, true {JensenShannon.Quadrature(data, density):0.0000} nats");
        Console.WriteLine($"  largest |D(x) - D*(x)| where p_d + p_g > 0.01: {error.masked_select(likely).max().item<double>():0.0000}");
    }

    private static Tensor Probability(DiscriminatorNetwork discriminator, Tensor points) =>
        discriminator.Logits(points.to(float32)).to(float64).sigmoid();

    private static DensityPanel Panel(string title, GaussianMixture data, AffineGenerator generator, DiscriminatorNetwork discriminator)
    {
        using var scope = NewDisposeScope();
        using var density = generator.Density();
        var points = linspace(-4, 5, 401, float64).unsqueeze(1);
        var latents = linspace(-2, 2, 13, float32).unsqueeze(1);
        double[] Read(Tensor values) => values.to(float64).flatten().data<double>().ToArray();
        return new DensityPanel(title, Read(points), Read(data.LogDensity(points).exp()), Read(density.LogDensity(points).exp()),
            Read(Probability(discriminator, points)), Read(DensityRatio.Log(data, density, points).sigmoid()))
        {
            Mapping = [.. Read(latents).Zip(Read(generator.call(latents, null).detach()))],
        };
    }
}
