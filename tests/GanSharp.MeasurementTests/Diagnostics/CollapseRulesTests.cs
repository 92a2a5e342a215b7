using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Tests.Data;
using GanSharp.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class CollapseRulesTests
{
    [Theory]
    [InlineData("MLP")]
    [InlineData("DCGAN")]
    public void An_untrained_generator_has_not_collapsed(string kind)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var shape = new ImageShape(1, 28, 28);
        using var images = kind == "DCGAN" ? ShippedGarments.Load() : (Dataset)Mixtures.Ring();
        using GeneratorNetwork generator = kind == "DCGAN" ? new DcganGenerator(shape, 64, 8) : new MlpGenerator(2, 128, 2);
        using DiscriminatorNetwork discriminator = kind == "DCGAN" ? new DcganDiscriminator(shape, 8) : new MlpDiscriminator(2, 128);
        var monitor = new DiagnosticMonitor(generator, discriminator, images, GanObjective.Minimax, new() { Samples = 500 });

        var looks = Enumerable.Range(0, 3).Select(step => monitor.Look(step, 0)!.Value).ToArray();

        looks.Should().OnlyContain(look => look.Report.Diversity.PairwiseRatio < 0.1, "its samples are nearly the same");
        looks.SelectMany(look => look.Health.Findings).Should().NotContain(finding => finding.Verdict == HealthVerdict.GeneratorCollapsed || finding.Verdict == HealthVerdict.GeneratorDropsModes);
    }

    [Fact]
    public void Variety_that_was_lost_or_doesn_t_come_is_collapse_and_variety_that_grows_is_not()
    {
        static bool Collapsed(params double[] ratios) => CollapseRules.Collapsed([.. ratios.Select(ratio => Report(ratio))]) is not null;

        Collapsed(0.9, 0.3, 0.2).Should().BeTrue("it was lost");
        Collapsed(0.9, 0.2).Should().BeFalse("one report alone is no verdict");
        Collapsed(0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.45).Should().BeFalse("it grows");
        Collapsed(0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02).Should().BeFalse("it may yet grow");
        Collapsed(0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02).Should().BeTrue("it doesn't");
        CollapseRules.Collapsed([Report(0.9), Report(0.45, margin: 0.06), Report(0.45, margin: 0.06)]).Should().BeNull("its interval reaches a half");
    }

    [Fact]
    public void Half_of_the_modes_dropped_is_found_in_data_of_unknown_density()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();
        using var half = new GaussianMixture([.. ring.Components.Take(4)]);

        for (var seed = 0; seed < 5; seed++)
            Judge(ring, half, seed).Findings.Should().ContainSingle().Which.ToString().Should().Match(
                "G drops modes: generated samples lie where data lies, but *% of the data has none near it among 500; they cover 0.* of it, real ones 0.9* (significant below 0.*). Use TrainingOptions.RegularizedRelativistic*");
    }

    [Fact]
    public void A_perfect_generator_raises_no_alarm()
    {
        using var scope = NewDisposeScope();
        using var ring = Mixtures.Ring();

        Enumerable.Range(0, 60).Count(seed => !Judge(ring, ring, seed).IsHealthy).Should().BeLessThanOrEqualTo(3, "at most 5%");
    }

    /// <summary>Two looks at data that is given as a tensor, with a D that sees nothing.</summary>
    private static TrainingHealth Judge(GaussianMixture ring, GaussianMixture made, int seed)
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(ring.Draw(seed, 0, 100).Samples, heldOut: new InMemoryDataset(ring.Draw(seed, 50_000, 4_000).Samples));
        using var generator = new MixtureGenerator(made);
        using var discriminator = new Blind();
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, seed: seed);
        _ = monitor.Look(0, 0);
        return monitor.Look(1, 0)!.Value.Health;
    }

    private static DiagnosticReport Report(double pairwise, double margin = 0) => new()
    {
        Step = 1,
        SampleCount = 500,
        GeneratorGradientWeight = 0.5,
        Diversity = new(pairwise, 1, 500) { PairwiseMargin = margin },
        Position = [0],
    };

    private sealed class Blind() : DiscriminatorNetwork(nameof(Blind))
    {
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => zeros(samples.shape[0]);
    }
}
