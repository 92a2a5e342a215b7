using System.Text.Json;
using FluentAssertions;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Reporting.Runs;
using GanSharp.Training.Autoencoders;
using Xunit;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>What of a report a run folder keeps, and that it comes back.</summary>
public sealed class ReportRecordTests
{
    [Fact]
    public void Every_field_comes_back()
    {
        var record = Full();

        var read = RoundTrip(record);

        read.Should().BeEquivalentTo(record, options => options.ComparingByMembers<ReportRecord>().WithStrictOrdering());
        // A field that this test forgot would be at its default.
        typeof(ReportRecord).GetProperties().Where(property => property.GetValue(read) is null or 0L or 0.0 or System.Collections.ICollection { Count: 0 }).Select(property => property.Name).Should().BeEmpty();
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_null_and_come_back_as_NaN()
    {
        var record = Full() with
        {
            SamplesPerSecond = double.PositiveInfinity,
            Losses = new Dictionary<string, double> { ["discriminator"] = double.NaN },
            Estimates = new Dictionary<string, EstimateRecord> { ["js_bound_nats"] = new(double.NaN, double.NegativeInfinity, 1) },
        };

        var line = JsonSerializer.Serialize(record, ReportJson.Default.ReportRecord);
        var read = RoundTrip(record);

        line.Should().Contain("\"samplesPerSecond\":null").And.Contain("\"losses\":{\"discriminator\":null}").And.Contain("\"js_bound_nats\":{\"value\":null,\"lower\":null,\"upper\":1}").And.NotContain("\n");
        (read.SamplesPerSecond, read.Losses["discriminator"], read.Estimates["js_bound_nats"].Value).Should().Be((double.NaN, double.NaN, double.NaN));
        (read.Estimates["js_bound_nats"].Lower ?? double.NaN).Should().Be(double.NaN);
        read.Estimates["js_bound_nats"].Upper.Should().Be(1);
    }

    [Fact]
    public void What_is_absent_is_empty_and_what_a_later_version_adds_is_passed_over()
    {
        var read = JsonSerializer.Deserialize("""{"step":1,"lastStep":2,"elapsedSeconds":3,"samplesPerSecond":4,"headline":"h","new":[1]}""", ReportJson.Default.ReportRecord)!;

        (read.Step, read.LastStep, read.Headline).Should().Be((1, 2, "h"));
        (read.Losses.Count, read.Terms.Count, read.Estimates.Count, read.Metrics.Count, read.Classes.Count, read.Findings.Count, read.Notes.Count, read.Warnings.Count, read.Failures.Count).Should().Be((0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void The_record_of_a_GAN_says_what_its_report_says()
    {
        var report = PictureTests.Report(500, 0.3) with
        {
            Penalty = 0.1,
            Terms = new Dictionary<string, double> { ["generator/adversarial"] = 0.5 },
            Metrics = new Dictionary<string, MetricReading> { ["fid"] = new(2, new Estimate(2, 1, 3, 10), 500, MetricGoal.NearReal, new Estimate(0.5, 0.4, 0.6, 10)) },
            Warnings = ["skipped"],
            MetricFailures = [new("recall", "IOException", "gone", "look")],
            Health = new TrainingHealth([new HealthFinding(HealthVerdict.GeneratorCollapsed, "same", "add R1")]),
        };

        var record = report.ToRecord();

        record.Headline.Should().Be($"{report.Divergence}");
        record.Standing.Should().Be(DivergenceStanding.Unaudited);
        record.Losses.Should().BeEquivalentTo(new Dictionary<string, double> { ["discriminator"] = report.DiscriminatorLoss, ["generator"] = report.GeneratorLoss, ["penalty"] = 0.1 });
        record.Terms.Should().BeEquivalentTo(report.Terms);
        record.Estimates["js_bound_nats"].Should().Be(new EstimateRecord(report.JensenShannon!.Value.Value, report.JensenShannon!.Value.Lower, report.JensenShannon!.Value.Upper));
        record.Metrics["fid"].Should().Be(new MeasuredMetric(2, 1, 3, MetricGoal.NearReal, 0.5, 500));
        record.Findings.Should().Equal(new FindingRecord("G collapsed", true, "same", "add R1"));
        record.Warnings.Should().Equal("skipped");
        record.Failures.Should().Equal($"{report.MetricFailures[0]}");
    }

    [Fact]
    public void The_record_of_a_VAE_says_what_its_report_says()
    {
        var report = new AutoencoderReport { Step = 7, LastStep = 9, Loss = 3, Reconstruction = -1, KullbackLeibler = 2, HeldOutBound = new Estimate(-4, -5, -3, 10), SamplesPerSecond = 1, Elapsed = TimeSpan.FromSeconds(2) };

        var record = report.ToRecord();

        (record.Step, record.LastStep, record.ElapsedSeconds, record.Standing).Should().Be((7, 9, 2, null));
        record.Losses.Should().Equal(new Dictionary<string, double> { ["loss"] = 3 });
        record.Estimates.Should().Equal(new Dictionary<string, EstimateRecord> { ["bound_nats"] = new(-3), ["reconstruction_nats"] = new(-1), ["kl_nats"] = new(2), ["held_out_bound_nats"] = new(-4, -5, -3) });
        record.Headline.Should().Be(report.Summary);
    }

    internal static ReportRecord Full(long step = 100) => new()
    {
        Step = step,
        LastStep = 1_000,
        ElapsedSeconds = 1.5,
        SamplesPerSecond = 2_000,
        Headline = "\"quoted\", ≥ and\nlines",
        Standing = DivergenceStanding.Audited,
        Model = "G",
        Losses = new Dictionary<string, double> { ["discriminator"] = 1.25, ["generator"] = -0.5 },
        Terms = new Dictionary<string, double> { ["discriminator/R1"] = 0.1 },
        Estimates = new Dictionary<string, EstimateRecord> { ["js_bound_nats"] = new(0.2, 0.1, 0.3), ["value_nats"] = new(-1) },
        Metrics = new Dictionary<string, MeasuredMetric> { ["fid"] = new(3, 2, 4, MetricGoal.Lower, 0.5, step), ["sharp"] = new(1, null, null, MetricGoal.NearReal, null, step) },
        Classes = [new(3, 0.1)],
        Findings = [new("G collapsed", true, "evidence", "advice")],
        Notes = new Dictionary<string, string> { ["Modes"] = "8 of 8" },
        Warnings = ["warning"],
        Failures = ["failure"],
    };

    private static ReportRecord RoundTrip(ReportRecord record) => JsonSerializer.Deserialize(JsonSerializer.Serialize(record, ReportJson.Default.ReportRecord), ReportJson.Default.ReportRecord)!;
}
