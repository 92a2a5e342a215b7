using FluentAssertions;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using Xunit;

namespace GanSharp.Tests.Diagnostics;

public sealed class TrainingHealthTests
{
    [Theory]
    [InlineData("disjoint Gaussians with eq. 21", HealthVerdict.DiscriminatorOverwhelms)]
    [InlineData("a fast D in eight dimensions", HealthVerdict.DiscriminatorOverwhelms)]
    [InlineData("one mode of the ring", HealthVerdict.GeneratorCollapsed)]
    [InlineData("one mode of the grid", HealthVerdict.GeneratorCollapsed)]
    [InlineData("two hundred points in sixteen dimensions", HealthVerdict.DiscriminatorMemorizes)]
    [InlineData("sixty points in four dimensions", HealthVerdict.DiscriminatorMemorizes)]
    [InlineData("a mean that orbits", HealthVerdict.Oscillating)]
    [InlineData("modes that are chased", HealthVerdict.Oscillating)]
    [InlineData("a Gaussian learned by eqs. 20 and 21", HealthVerdict.ReadyToStop)]
    [InlineData("a Gaussian in the plane learned by R3GAN", HealthVerdict.ReadyToStop)]
    [InlineData("the ring half-way", HealthVerdict.Balanced)]
    [InlineData("garments half-way", HealthVerdict.Balanced)]
    public void A_staged_run_gets_its_verdict(string run, HealthVerdict verdict)
    {
        var health = StagedRuns.Train(run).Health!;

        health.Findings.Should().ContainSingle().Which.Verdict.Should().Be(verdict, string.Join("; ", health.Findings));
    }

    [Theory]
    [InlineData("healthy: a ring")]
    [InlineData("healthy: a grid")]
    [InlineData("healthy: garments")]
    public void A_healthy_run_gets_no_bad_verdict(string run)
    {
        var health = StagedRuns.Train(run).Health!;

        health.IsHealthy.Should().BeTrue(string.Join("; ", health.Findings));
    }

    [Fact]
    public void A_discriminator_that_says_a_half_everywhere_raises_no_alarm()
    {
        var history = Enumerable.Range(1, 12).Select(step => Look(step) with { JensenShannon = new(0, 0, 0, 2_000), MedianFakeProbability = 0.5, MemorizationGap = new(0, 0, 0, 2_000) });

        TrainingHealth.Judge([.. history]).Findings.Should().ContainSingle().Which.Verdict.Should().Be(HealthVerdict.Balanced, "D ≡ ½ is the optimum, or a D that sees nothing");
    }

    [Fact]
    public void One_bad_report_alone_is_no_verdict()
    {
        var saturated = Look(1) with { JensenShannon = new(0.69, 0.68, 0.7, 2_000), MedianFakeProbability = 1e-4 };
        var fine = Look(2) with { JensenShannon = new(0.1, 0.09, 0.11, 2_000), MedianFakeProbability = 0.3 };

        TrainingHealth.Judge([saturated]).IsHealthy.Should().BeTrue();
        TrainingHealth.Judge([saturated, fine]).IsHealthy.Should().BeTrue();
        TrainingHealth.Judge([fine, saturated]).IsHealthy.Should().BeTrue();
        TrainingHealth.Judge([saturated, saturated]).IsHealthy.Should().BeFalse();
    }

    [Fact]
    public void The_advice_depends_on_whether_the_loss_of_G_saturates()
    {
        var look = Look(1) with { JensenShannon = new(0.69, 0.68, 0.7, 2_000), MedianFakeProbability = 1e-4 };
        string Advice(double weight) => TrainingHealth.Judge([look with { GeneratorGradientWeight = weight }, look with { GeneratorGradientWeight = weight }]).Findings[0].Advice;

        Advice(0.001).Should().StartWith("G's loss saturates: use GanObjective.NonSaturating or RelativisticPaired");
        Advice(0.99).Should().StartWith("Add R1");
        Advice(double.NaN).Should().StartWith("Add R1");
    }

    [Fact]
    public void An_oscillation_that_has_ended_is_forgiven()
    {
        DiagnosticReport At(double position) => Look(1) with { Position = [position] };
        double[] swings = [2, -2, 2, -2, 2, -2];

        TrainingHealth.Judge([.. new double[] { 0, 0 }.Concat(swings).Select(At)]).Findings[0].Verdict.Should().Be(HealthVerdict.Oscillating);
        TrainingHealth.Judge([.. swings.Concat([0, 0, 0, 0, 0]).Select(At)]).IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void No_run_is_ready_without_an_audit_however_flat_its_bound()
    {
        var flat = Enumerable.Range(1, 6).Select(step => Look(step) with { JensenShannon = new(0, -0.002, 0.002, 2_000), MedianFakeProbability = 0.5 }).ToArray();

        TrainingHealth.Judge(flat).Findings[0].Verdict.Should().Be(HealthVerdict.Balanced, "a D that sees nothing is flat too");
        TrainingHealth.Judge([.. flat[..5], flat[5] with { Audited = new(0.001, -0.001, 0.003, 5_000) }]).Findings[0].Verdict.Should().Be(HealthVerdict.ReadyToStop);
        TrainingHealth.Judge([.. flat[..5], flat[5] with { Audited = new(0.1, 0.09, 0.11, 5_000) }]).Findings[0].Verdict.Should().Be(HealthVerdict.Balanced, "the auditor sees more");
    }

    [Theory]
    [InlineData(0.56, 0.012, true)]
    [InlineData(0.56, 0.4, false)]
    [InlineData(0.05, 0.001, false)]
    public void A_balanced_run_whose_auditor_sees_far_more_than_its_discriminator_is_told_that_it_may_lag(double audited, double bound, bool lags)
    {
        var look = Look(1) with { Audited = new(audited, audited - 0.01, audited + 0.01, 5_000), JensenShannon = new(bound, bound - 0.005, bound + 0.005, 2_000), MedianFakeProbability = 0.5 };

        var finding = TrainingHealth.Judge([look]).Findings[0];

        (finding.Verdict, finding.Advice.Contains("D lags behind G", StringComparison.Ordinal)).Should().Be((HealthVerdict.Balanced, lags));
    }

    [Fact]
    public void A_finding_reads_as_a_sentence_with_evidence_and_advice()
    {
        var look = Look(1) with { MemorizationGap = new(0.2, 0.15, 0.25, 2_000) };

        TrainingHealth.Judge([look, look]).Findings.Should().ContainSingle().Which.ToString().Should().Be(
            "D memorizes: D's JS bound is 0.2000 ± 0.0500 nats higher on the samples that it has learned than on held-out ones. "
            + "Use more data or augment it, add R1 (or raise its gamma), make D smaller, or stop earlier; believe the held-out bound only");
    }

    [Theory]
    [InlineData(new[] { 0.0, 1, 2, 3 }, 1.0, 0)]
    [InlineData(new[] { 0.0, 1, 0, 1, 0 }, 1.0, 3)]
    [InlineData(new[] { 0.0, 0.9, 0, 0.9, 0 }, 1.0, 0)]
    [InlineData(new[] { 3.0, 0, 0.5, 0, 3 }, 1.0, 1)]
    public void Turns_are_counted_by_their_size(double[] series, double amplitude, int expected) =>
        TurningPoints.Turns(series, amplitude).Should().HaveCount(expected);

    private static DiagnosticReport Look(long step) => new()
    {
        Step = step,
        SampleCount = 2_000,
        GeneratorGradientWeight = 0.5,
        Diversity = new(1, 1, 500),
        Position = [0],
    };
}
