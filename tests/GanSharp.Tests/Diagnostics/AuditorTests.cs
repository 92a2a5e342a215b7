using FluentAssertions;
using GanSharp.Data;
using GanSharp.Diagnostics;
using GanSharp.Networks;
using Xunit;

namespace GanSharp.Tests.Diagnostics;

public sealed class AuditorTests
{
    private static readonly AuditOptions Quick = new() { MaximumSteps = 800, EvaluationInterval = 50, Patience = 4, LearningRate = 5e-3, HeldOutSamples = 60_000 };

    [Theory]
    [InlineData(0.1, 1, 0.0012484401)]
    [InlineData(0.5, 1, 0.0303113005)]
    [InlineData(1, 1, 0.1114214822)]
    [InlineData(3, 1, 0.5267773065)]
    [InlineData(6, 1, 0.6892979330)]
    [InlineData(2, 0.5, 0.4743074112)]
    public void On_the_line_it_finds_the_divergence_and_does_not_exceed_it(double mean, double standardDeviation, double truth)
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(mean, standardDeviation);

        Check(Auditor.Audit(generator, data, OnTheLine, Quick), truth);
    }

    [Theory]
    [InlineData(0.1, 0.0012484401)]
    [InlineData(2, 0.3368308203)]
    [InlineData(6, 0.6892979330)]
    public void In_the_plane_too(double shift, double truth)
    {
        using var data = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var generator = new PlaneGenerator([shift * 0.6, shift * 0.8], new double[,] { { 1, 0 }, { 0, 1 } });

        Check(Auditor.Audit(generator, data, InThePlane, Quick), truth);
    }

    [Fact]
    public void A_difference_in_correlation_alone_is_found()
    {
        using var data = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var generator = new PlaneGenerator([0, 0], new[,] { { 1, 0 }, { 0.8, 0.6 } });
        using var density = generator.Density();

        Check(Auditor.Audit(generator, data, InThePlane, Quick), JensenShannon.Quadrature(data, density));
    }

    private static void Check(AuditReport report, double truth)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{truth:0.0000} {report} {report.Calibration} taken {report.StepsTaken} LCB {report.LowerConfidenceBound:0.0000} train {report.TrainingBound}");
        report.Bound.Value.Should().BeApproximately(truth, 0.01);
        report.Bound.Lower.Should().BeLessThan(truth);
        report.LowerConfidenceBound.Should().BeLessThan(truth);
    }

    private static MlpDiscriminator OnTheLine() => new(1, 32, hiddenLayers: 2);

    private static MlpDiscriminator InThePlane() => new(2, 32, hiddenLayers: 2);
}
