using System.CommandLine;
using System.Globalization;
using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Samples;
using GanSharp.Samples.Ring;
using GanSharp.Training;
using static TorchSharp.torch;

const int CoverageSamples = 10_000, DrawnSamples = 2_000;

var steps = new Option<int>("--steps") { Description = "Generator steps of each recipe.", DefaultValueFactory = _ => 6_000 }.AtLeast(2);
var output = SampleCommand.Output("ring");
var command = new RootCommand("Trains the same generator by five recipes on a ring of 8 and a grid of 25 Gaussians, and counts the modes that each hits.") { steps, SampleCommand.Seed, SampleCommand.Quiet, SampleCommand.Verbose, output };
return SampleCommand.Run(command, args, Train);

void Train(ParseResult options, CancellationToken cancellation)
{
    var folder = SampleCommand.Prepare(options.GetRequiredValue(output));
    var (count, seed) = (options.GetValue(steps), options.GetValue(SampleCommand.Seed));
    using var ring = Mixtures.Ring();
    using var grid = Mixtures.Grid();
    foreach (var (name, data) in new[] { ("ring", ring), ("grid", grid) })
    {
        using var scope = NewDisposeScope();
        var real = data.HeldOut.Draw(seed, 0, DrawnSamples).Samples;
        var panels = new List<ScatterPanel>();
        var lines = new List<string>();
        foreach (var recipe in PointRecipe.All)
        {
            manual_seed(seed);
            using var generator = PointRecipe.Generator();
            using var discriminator = recipe.Discriminator();
            using var trainer = new GanTrainer(generator, discriminator, data, recipe.Options(count) with { BatchSize = 256, Seed = seed, Diagnostics = new() { Samples = 0 } });
            Console.WriteLine($"{recipe.Name} on the {name}");
            using var written = RunFolder.Create(Path.Combine(folder, name, recipe.Name.Replace(", ", "-", StringComparison.Ordinal)), trainer, new() { Title = $"{recipe.Name} on the {name}" });
            foreach (var _ in trainer.TrainTo(count, cancellation).Every(Math.Max(1, count / 20)).WithProgress(verbosity: SampleCommand.Verbosity).WithRunFolder(written))
            {
            }
            if (cancellation.IsCancellationRequested)
                return;
            var coverage = ModeCoverage.Measure(trainer.Sample(CoverageSamples), data);
            panels.Add(new($"{recipe.Name}: {coverage.ModesHit} of {coverage.ModeCount}", real, trainer.Sample(DrawnSamples)));
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{recipe.Name,-14}{coverage.ModesHit,4} of {coverage.ModeCount,-5}{100 * coverage.HighQualityFraction,8:0.0}%{coverage.ReverseKullbackLeibler,14:0.000}"));
        }
        var picture = Path.Combine(folder, $"{name}.png");
        ScatterPlot.Save(panels, picture);
        Console.WriteLine($"{Environment.NewLine}{"",-14}{"modes",-12}{"high quality",8}{"reverse KL",12}");
        lines.ForEach(Console.WriteLine);
        Console.WriteLine($"Open {picture}, or compare the runs: dotnet run --project src/GanSharp.Tool -- compare {Path.Combine(folder, name)}/*{Environment.NewLine}");
    }
    Console.WriteLine("A mode is hit where a sample lies within three of its standard deviations; high quality is the share of such samples. Reverse KL is in nats and 0 where all modes get as many samples.");
}
