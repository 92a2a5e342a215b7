using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using GanSharp.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>Data N(0, 1), G N(1, 1), so l* = ½ − x is known; D is l* or a broken form of it.</summary>
public sealed class BrokenDiscriminatorTests
{
    [Theory]
    [InlineData("always 50")]
    [InlineData("40 times the optimum")]
    [InlineData("reversed")]
    [InlineData("noisy")]
    public void A_broken_discriminator_is_never_balanced_or_ready(string kind)
    {
        var looks = Looks(Broken(kind), audited: true);

        looks.Should().OnlyContain(look => look.Health.Findings.Count == 1 && look.Health.Findings[0].Verdict == HealthVerdict.NotADensityRatio);
        looks.Should().OnlyContain(look => look.Report.JensenShannon!.Value.Upper < -0.1, "the raw value is kept");
        looks[0].Report.Divergence.Standing.Should().Be(DivergenceStanding.NotARatio);
        looks[0].Report.Divergence.Brief.Should().StartWith("JS not read: D is no density ratio (bound -");
        looks[0].Health.Findings[0].ToString().Should().Match("D is not a density ratio: D's JS bound is -* nats, below 0, *. Believe no divergence from this D: read an auditor's. *");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    public void The_optimum_and_a_smoothed_one_raise_no_alarm(double scale)
    {
        var looks = Looks(logRatios => scale * logRatios, audited: false);

        looks.Should().OnlyContain(look => look.Health.IsHealthy);
        looks[1].Health.Findings[0].Evidence.Should().Match("JS >= 0.* (D, unaudited), which says nothing yet of how close G is; *");
    }

    [Fact]
    public void Overconfidence_must_last_and_be_more_than_a_nuance()
    {
        DiagnosticReport Report(double mean, double error) => new()
        {
            Step = 1,
            SampleCount = 2_000,
            JensenShannon = new(0.2, 0.19, 0.21, 2_000),
            Consistency = Consistency(mean),
            Calibration = Calibrated(error),
            GeneratorGradientWeight = 0.5,
            Diversity = new(1, 1, 500),
            Position = [0],
        };
        HealthVerdict Verdict(params DiagnosticReport[] history) => TrainingHealth.Judge(history).Findings[0].Verdict;

        Verdict(Report(5, 0.3), Report(5, 0.3)).Should().Be(HealthVerdict.NotADensityRatio);
        Verdict(Report(5, 0.3)).Should().Be(HealthVerdict.Balanced);
        Verdict(Report(1.2, 0.3), Report(1.2, 0.3)).Should().Be(HealthVerdict.Balanced, "a D that lags a little is off by this");
        Verdict(Report(5, 0.05), Report(5, 0.05)).Should().Be(HealthVerdict.Balanced, "its probabilities are nearly the frequencies");
    }

    [Fact]
    public void A_bound_a_little_below_0_must_last()
    {
        // D ≡ 0.4 is off by 0.4² / 8 = 0.02 nats, like a D that has just begun.
        var looks = Looks(logRatios => zeros_like(logRatios) + 0.4, audited: false);

        looks.Select(look => look.Report.JensenShannon!.Value.Value).Should().OnlyContain(value => Math.Abs(value + 0.02) < 0.001);
        looks[0].Report.Divergence.Standing.Should().Be(DivergenceStanding.Unaudited);
        looks[0].Report.Divergence.Brief.Should().StartWith("JS >= 0, raw -0.0");
        looks.Select(look => look.Health.Findings[0].Verdict).Should().Equal(HealthVerdict.Balanced, HealthVerdict.NotADensityRatio);
    }

    /// <summary>Real measurements whose numbers are then replaced: neither type can be made by hand.</summary>
    private static RatioConsistency Consistency(double mean)
    {
        using var scope = NewDisposeScope();
        return RatioConsistency.Measure(zeros(100), zeros(100)) with { MeanRatio = new(mean, 0.9 * mean, 1.1 * mean, 2_000) };
    }

    private static CalibrationReport Calibrated(double error)
    {
        using var scope = NewDisposeScope();
        return CalibrationReport.Measure(randn(100), randn(100)) with { ExpectedError = error, CalibratedError = new(0, 0, 0.01, 2_000) };
    }

    private static Func<Tensor, Tensor> Broken(string kind) => kind switch
    {
        "always 50" => logRatios => zeros_like(logRatios) + 50,
        "40 times the optimum" => logRatios => 40 * logRatios,
        "reversed" => logRatios => -logRatios,
        // A hash of x in place of chance, so that D is a function.
        _ => logRatios => logRatios + 20 * (logRatios * 1e4).sin(),
    };

    private static (DiagnosticReport Report, TrainingHealth Health)[] Looks(Func<Tensor, Tensor> distort, bool audited)
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        using var discriminator = new Distorted(distort);
        var monitor = new DiagnosticMonitor(generator, discriminator, data, GanObjective.Minimax, new()
        {
            Auditor = audited ? () => new MlpDiscriminator(1, 16) : null,
            AuditEveryReports = 2,
            Audit = new() { MaximumSteps = 200 },
        });
        return [.. Enumerable.Range(0, 2).Select(step => monitor.Look(step, 0)!.Value)];
    }

    private sealed class Distorted(Func<Tensor, Tensor> distort) : DiscriminatorNetwork(nameof(Distorted))
    {
        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => distort((0.5 - samples).squeeze(1));
    }
}
