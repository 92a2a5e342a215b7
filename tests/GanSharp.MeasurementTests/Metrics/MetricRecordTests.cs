using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Metrics;
using Xunit;

namespace GanSharp.Tests.Metrics;

public sealed class MetricRecordTests
{
    private static readonly MetricRecord Record = new()
    {
        Metric = "distance (pixels)", Value = 0.25, Interval = new Estimate(0.25, 0.125, 0.375, 100), Goal = MetricGoal.Lower,
        Settings = new(StringComparer.Ordinal) { ["features"] = "pixels", ["k"] = "3" }, RealCount = 100, GeneratedCount = null, Seed = 7,
        DataName = "rings", DataSha256 = "ab", GeneratedName = "Mine", GeneratedSha256 = "cd", GanSharpVersion = "1.0.0",
    };

    [Fact]
    public void A_like_record_is_compared_by_its_value()
    {
        var worse = Record with { Value = 0.5, GeneratedName = "Theirs", GeneratedSha256 = "ef" };

        Record.IsBetterThan(worse).Should().BeTrue();
        worse.IsBetterThan(Record).Should().BeFalse();
        (Record with { Goal = MetricGoal.Higher }).IsBetterThan(worse).Should().BeFalse();
    }

    [Fact]
    public void An_unlike_one_is_refused_with_every_difference()
    {
        var other = Record with { Settings = new(StringComparer.Ordinal) { ["features"] = "inception", ["resize"] = "299" }, RealCount = 50, Seed = 8, DataSha256 = "xy", GanSharpVersion = "2.0.0" };

        Record.Invoking(it => it.IsBetterThan(other)).Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "'distance (pixels)' of Mine and 'distance (pixels)' of Mine can't be compared:", "- the setting 'features' is inception in place of pixels", "- the setting 'k' is none in place of 3",
            "- the number of real samples is 50 in place of 100", "- the seed is 8 in place of 7", "- the real data is xy in place of ab", "- the version of GanSharp is 2.0.0 in place of 1.0.0",
            "- the setting 'resize' is 299 in place of none*"));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(double.PositiveInfinity)]
    public void It_is_read_as_it_was_written(double value)
    {
        using var folder = new TemporaryFolder();
        var record = Record with { Value = value, OfReal = new Estimate(0, -1, 1, 9) };

        record.Save(folder.File("record.json"));

        MetricRecord.Load(folder.File("record.json")).Should().BeEquivalentTo(record);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "metric": "distance" }""")]
    [InlineData("""{ "metric": "\ud800" }""")]
    public void A_file_that_is_none_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("record.json"), text);

        FluentActions.Invoking(() => MetricRecord.Load(folder.File("record.json"))).Should().Throw<ArgumentException>().WithMessage("*is no metric's record*");
    }
}
