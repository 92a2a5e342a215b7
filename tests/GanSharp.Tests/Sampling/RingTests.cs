using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Metrics.Modes;
using GanSharp.Metrics.TwoSample;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Sampling;
using GanSharp.Schedules;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

/// <summary>
/// A generator whose faults are known, modes twice too wide and from 1/36 to 8/36 likely in place of 1/8, and a discriminator trained against it:
/// what the ratio makes of the two, against the known densities.
/// </summary>
public sealed class RingTests : IDisposable
{
    private const int Samples = 5_000;
    private readonly ITestOutputHelper output;
    private readonly GaussianMixture data = Mixtures.Ring(standardDeviation: 0.05);
    private readonly GaussianMixture generated;
    private readonly MixtureGenerator generator;

    public RingTests(ITestOutputHelper output)
    {
        this.output = output;
        generated = new GaussianMixture(
            [.. data.Components.Select(component => new Gaussian(component.Mean, 0.1))], [.. Enumerable.Range(1, 8).Select(weight => (double)weight)]);
        generator = new MixtureGenerator(generated);
    }

    [Fact]
    public void The_ratio_of_a_trained_discriminator_brings_the_generator_closer_to_the_data()
    {
        using var scope = NewDisposeScope();
        using var discriminator = TrainedDiscriminator();
        var calibration = Calibrate(discriminator);
        output.WriteLine($"calibration: scale {calibration.Scale:0.000}, shift {calibration.Shift:0.000}");
        var proposal = new GeneratorProposal(generator, discriminator, GanObjective.Minimax, calibration);
        var rejection = new RejectionSampler(proposal);

        var before = Report("G", proposal.Draw(Samples).Samples, 1);
        var rejected = rejection.Sample(Samples);
        var rejectionFigures = Report("rejection", rejected.Samples, rejected.AcceptanceRate);
        var chained = new MetropolisHastingsSampler(proposal, chainLength: 100).Sample(data.HeldOut.Draw(3, 0, Samples).Samples);
        var chainFigures = Report("MH-GAN", chained.Samples, chained.AcceptanceRate);
        Report("p_d itself", data.Draw(9, 0, Samples).Samples, 1);
        var (divergenceBefore, divergenceAfter) = (JensenShannon.Quadrature(data, generated), JensenShannon.Quadrature(data, new Rated(proposal, generated, rejection.LogRatioMaximum)));
        output.WriteLine($"JSD(p_d‖p_g) {divergenceBefore:0.0000}, JSD(p_d‖rejection) {divergenceAfter:0.0000}");
        // The mean height is 0 for the data; the generator prefers the last modes, which lie below.
        var (samples, logRatios) = proposal.Draw(20_000);
        var heights = samples.narrow(1, 1, 1).squeeze(1).to(ScalarType.Float64);
        var (height, weightedHeight) = (heights.mean().item<double>(), ImportanceSampling.Expectation(heights, logRatios, proposal.LogRatios(data.HeldOut.Draw(13, 0, Samples).Samples)));
        output.WriteLine($"mean height {height:0.0000}, weighted {weightedHeight}");

        before.Coverage.HighQualityFraction.Should().BeLessThan(0.7);
        foreach (var after in new[] { rejectionFigures, chainFigures })
        {
            after.Coverage.HighQualityFraction.Should().BeGreaterThan(0.9);
            after.Coverage.ReverseKullbackLeibler.Should().BeLessThan(before.Coverage.ReverseKullbackLeibler / 5);
            after.Wasserstein.Should().BeLessThan(before.Wasserstein / 5);
        }
        divergenceAfter.Should().BeLessThan(divergenceBefore / 5);
        height.Should().BeLessThan(-0.2);
        Math.Abs(weightedHeight.Value.Value).Should().BeLessThan(Math.Abs(height) / 5);
    }

    public void Dispose()
    {
        generator.Dispose();
        generated.Dispose();
        data.Dispose();
    }

    private MlpDiscriminator TrainedDiscriminator()
    {
        const int Steps = 2_000;
        manual_seed(1);
        var discriminator = new MlpDiscriminator(2, 64);
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 256,
            DiscriminatorOptimizer = new AdamOptions { LearningRate = Schedule.Cosine(3e-3, 3e-5, Steps), Beta1 = 0.9 },
        });
        foreach (var _ in trainer.Train(Steps))
            continue;
        return discriminator;
    }

    private PlattScaling Calibrate(MlpDiscriminator discriminator) =>
        PlattScaling.Fit(discriminator.Logits(data.HeldOut.Draw(7, 0, 20_000).Samples), discriminator.Logits(generator.Sample(20_000)));

    private (ModeCoverage Coverage, double Wasserstein) Report(string name, Tensor samples, double acceptanceRate)
    {
        var coverage = ModeCoverage.Measure(samples, data);
        var wasserstein = SlicedWasserstein.Measure(data.Draw(11, 0, Samples).Samples, samples, directions: 32, new() { Permutations = 19 });
        output.WriteLine($"{name}: {coverage}, sliced W₂² {wasserstein.Statistic:0.00000} (p {wasserstein.PValue:0.00}), accepted {acceptanceRate:0.0000}");
        return (coverage, wasserstein.Statistic);
    }

    /// <summary>What the rejection sampler samples: p_g · min(r̂, r_max), normalized by the mean of the ratio over p_g.</summary>
    private sealed class Rated : IDensity
    {
        private readonly GeneratorProposal proposal;
        private readonly GaussianMixture generated;
        private readonly double logRatioMaximum, logNormalizer;

        public Rated(GeneratorProposal proposal, GaussianMixture generated, double logRatioMaximum)
        {
            using var scope = NewDisposeScope();
            (this.proposal, this.generated, this.logRatioMaximum) = (proposal, generated, logRatioMaximum);
            logNormalizer = proposal.Draw(100_000).LogRatios.clamp(max: logRatioMaximum).exp().mean().log().item<double>();
        }

        public int Dimension => 2;

        public IReadOnlyList<(double Lower, double Upper)> Support => generated.Support;

        public double FinestScale => generated.FinestScale;

        public Tensor LogDensity(Tensor samples) =>
            generated.LogDensity(samples) + proposal.LogRatios(samples.to(ScalarType.Float32)).clamp(max: logRatioMaximum) - logNormalizer;
    }
}
