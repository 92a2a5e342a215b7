using FluentAssertions;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Training;
using Xunit;

namespace GanSharp.Tests.Diagnostics;

public sealed class DivergenceReadingTests
{
    private static readonly Estimate Small = new(0.0008, -0.0036, 0.0052, 2_000), Middle = new(0.082, 0.0647, 0.0993, 2_000), Large = new(0.162, 0.1442, 0.1798, 5_000);

    [Fact]
    public void D_alone_says_nothing_of_closeness()
    {
        var reading = Report(Small).Divergence;

        (reading.Standing, reading.IsAuditors, reading.Bound).Should().Be((DivergenceStanding.Unaudited, false, Small));
        reading.Brief.Should().Be("JS >= 0.0008 ± 0.0044 nats (D, unaudited)");
        reading.ToString().Should().Be("A Jensen-Shannon divergence of at least 0.0008 ± 0.0044 nats was found by D alone. That says nothing yet of how close they are: D may be blind, and no auditor has looked");
    }

    [Fact]
    public void The_larger_of_two_bounds_is_reported_with_its_finder()
    {
        var auditors = (Report(Middle) with { Audited = Large }).Divergence;
        var own = (Report(Large) with { Audited = Middle }).Divergence;

        (auditors.Standing, auditors.IsAuditors, auditors.Bound, auditors.AuditStep).Should().Be((DivergenceStanding.Audited, true, Large, 500));
        auditors.Brief.Should().Be("JS >= 0.1620 ± 0.0178 nats (auditor; D 0.0820)");
        auditors.ToString().Should().Be("A Jensen-Shannon divergence of at least 0.1620 ± 0.0178 nats was found by a fresh auditor; D finds 0.0820");
        (own.IsAuditors, own.Bound).Should().Be((false, Large));
        own.Brief.Should().Be("JS >= 0.1620 ± 0.0178 nats (D; auditor 0.0820)");
    }

    [Fact]
    public void An_audit_of_an_earlier_generator_is_named_and_never_taken_for_this_one_s()
    {
        var sees = (Report(Middle) with { PreviousAudit = new(0.1, 0.09, 0.11, 5_000), PreviousAuditStep = 250 }).Divergence;
        var blind = (Report(Small) with { PreviousAudit = Large, PreviousAuditStep = 1_250 }).Divergence;
        var close = (Report(new(0.0001, -0.0004, 0.0006, 2_000)) with { PreviousAudit = new(0.002, 0.0015, 0.0025, 5_000), PreviousAuditStep = 250 }).Divergence;

        (sees.Standing, sees.Bound).Should().Be((DivergenceStanding.AuditedBefore, Middle));
        sees.Brief.Should().Be("JS >= 0.0820 ± 0.0173 nats (D; auditor 0.1000 at 250)");
        (blind.Standing, blind.Bound).Should().Be((DivergenceStanding.DiscriminatorBlind, Small));
        blind.Brief.Should().Be("JS >= 0.0008 ± 0.0044 nats (D, blind; auditor 0.1620 at 1,250)");
        blind.ToString().Should().Contain("says nothing yet of how close they are: D sees less than half of what a fresh auditor saw (0.1620 at step 1,250)");
        close.Standing.Should().Be(DivergenceStanding.AuditedBefore, "there is nothing to be blind to");
    }

    [Fact]
    public void A_bound_below_0_is_no_bound()
    {
        var broken = Report(new(-24.3, -24.4, -24.2, 2_000)).Divergence;
        var audited = (Report(new(-24.3, -24.4, -24.2, 2_000)) with { Audited = Large }).Divergence;
        var noise = Report(new(-0.001, -0.004, 0.002, 2_000)).Divergence;

        (broken.Standing, broken.Bound).Should().Be((DivergenceStanding.NotARatio, null));
        broken.Brief.Should().Be("JS not read: D is no density ratio (bound -24.3000 ± 0.1000)");
        broken.ToString().Should().Contain("no divergence is below 0");
        audited.Brief.Should().Be("JS >= 0.1620 ± 0.0178 nats (auditor; D -24.3000)");
        noise.Brief.Should().Be("JS >= 0, raw -0.0010 ± 0.0030 (D, unaudited)", "the raw value is kept");
    }

    [Fact]
    public void Without_D_s_bound_the_auditor_speaks_alone_and_without_both_there_is_nothing()
    {
        var refused = Report(null) with { Refusal = "it is a critic" };

        (refused.Divergence.Standing, refused.Divergence.Brief).Should().Be((DivergenceStanding.Unread, "JS not read"));
        refused.Divergence.ToString().Should().Be("The Jensen-Shannon divergence is not read: it is a critic");
        (refused with { Audited = Large }).Divergence.Brief.Should().Be("JS >= 0.1620 ± 0.0178 nats (auditor)");
    }

    [Theory]
    [InlineData(0.0008)]
    [InlineData(-0.0008)]
    public void The_longest_line_has_less_than_150_columns(double bound)
    {
        var line = new StepReport
        {
            Step = 2_500,
            LastStep = 10_000,
            DiscriminatorLoss = 1.25,
            GeneratorLoss = -0.75,
            Penalty = 0,
            Value = -1.25,
            Diagnostics = Report(new(bound, bound - 0.0044, bound + 0.0044, 2_000)) with { PreviousAudit = Large, PreviousAuditStep = 1_250 },
            SamplesPerSecond = 51_234,
            Elapsed = TimeSpan.FromSeconds(3),
        }.ToString();

        line.Length.Should().BeLessThanOrEqualTo(144, "the time left comes after it where there is room");
    }

    private static DiagnosticReport Report(Estimate? bound) => new()
    {
        Step = 500,
        SampleCount = 2_000,
        JensenShannon = bound,
        GeneratorGradientWeight = 0.5,
        Diversity = new(1, 1, 500),
        Position = [0],
    };
}
