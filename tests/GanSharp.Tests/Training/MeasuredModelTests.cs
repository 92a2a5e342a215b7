using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>Reports measure the generator that a user gets.</summary>
public sealed class MeasuredModelTests
{
    private static readonly ImageShape Shape = new(1, 8, 8);

    [Fact]
    public void Where_an_average_is_kept_a_report_measures_it_with_its_buffers_and_says_so()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(rand(400, 1, 8, 8) * 2 - 1).Split(0.5);
        using var generator = new DcganGenerator(Shape, 4, 4);
        using var discriminator = new DcganDiscriminator(Shape, 4);
        using var trainer = new GanTrainer(generator, discriminator, data, Options(halfLife: 500));

        var report = trainer.Train(20).Every(20).Single().Diagnostics!;

        var (ofAverage, raw) = (default(DiagnosticReport), Monitor(trainer).Look(20, trainer.SamplesSeen)!.Value.Report);
        using (trainer.UseAverage())
            ofAverage = Monitor(trainer).Look(20, trainer.SamplesSeen)!.Value.Report;
        (report.IsOfAverage, report.Model, raw.Model).Should().Be((true, "average of G", "G"));
        report.Should().BeEquivalentTo(ofAverage, it => it.Excluding(one => one.IsOfAverage).Excluding(one => one.Model).Excluding(one => one.GeneratorGradientWeight));
        report.Position.Should().NotEqual(raw.Position, "they are two generators");
        // A quarter of the samples: the same latents come first.
        report.GeneratorGradientWeight.Should().BeApproximately(raw.GeneratorGradientWeight, 0.05, "the gradient goes to G as it trains");
    }

    [Fact]
    public void Without_an_average_G_itself_is_measured()
    {
        manual_seed(0);
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, Options(halfLife: null));

        var report = trainer.Train(4).Every(4).Single().Diagnostics!;

        report.Should().BeEquivalentTo(Monitor(trainer).Look(4, trainer.SamplesSeen)!.Value.Report);
        report.Model.Should().Be("G");
    }

    [Fact]
    public void No_held_out_sample_comes_twice_in_a_look()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        // Each sample is its own number; 250 a look don't divide 700.
        using var data = new InMemoryDataset(randn(100, 1), heldOut: new InMemoryDataset(arange(700, ScalarType.Float32).unsqueeze(1)));
        using var generator = new AffineGenerator(0, 1);
        using var discriminator = new Recording();
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, new() { Samples = 250 });

        for (var step = 0; step < 12; step++)
        {
            discriminator.Seen.Clear();
            _ = monitor.Look(step, 0);
            discriminator.Seen[0].Distinct().Should().HaveCount(250);
        }
    }

    private static TrainingOptions Options(double? halfLife) => new() { BatchSize = 20, EmaHalfLifeImages = halfLife, Diagnostics = new() { Samples = 100 } };

    private static DiagnosticMonitor Monitor(GanTrainer trainer) =>
        new(trainer.Generator, trainer.Discriminator, trainer.Data, trainer.Options.Objective, trainer.Options.Diagnostics, trainer.Options.Seed);

    private sealed class Recording() : DiscriminatorNetwork(nameof(Recording))
    {
        public List<float[]> Seen { get; } = [];

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            Seen.Add(samples.flatten().data<float>().ToArray());
            return samples.flatten() * 0;
        }
    }
}
