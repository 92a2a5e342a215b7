using FluentAssertions;
using GanSharp.Reporting.Runs;
using Xunit;

namespace GanSharp.Tests.Reporting.Runs;

/// <summary>What is kept of the reports of a long run.</summary>
public sealed class ThinnedReportsTests
{
    [Fact]
    public void Few_measured_reports_stay_among_many_others_and_so_do_the_first_and_the_last()
    {
        var thinned = new ThinnedReports<string>(report => report.StartsWith('m'), most: 10);
        string[] all = [.. Enumerable.Range(0, 1_000).Select(index => index % 201 == 77 ? $"m{index}" : $"{index}")];
        foreach (var report in all)
            thinned.Add(report);

        thinned.All.Should().HaveCountLessThanOrEqualTo(21).And.Contain(["0", "m77", "m278", "m479", "m680", "m881", "999"]).And.Equal(all.Where(thinned.All.Contains));
    }

    [Fact]
    public void Measured_reports_are_as_far_apart_at_the_beginning_as_at_the_end()
    {
        var thinned = new ThinnedReports<string>(_ => true, most: 10);
        foreach (var report in Enumerable.Range(0, 129))
            thinned.Add($"{report}");

        thinned.All.Should().Equal("0", "16", "32", "48", "64", "80", "96", "112", "128");
        thinned.RemoveAll(report => int.Parse(report) > 50);
        thinned.All.Should().Equal("0", "16", "32", "48");
        thinned.Clear();
        thinned.Add("a");
        thinned.Add("b");
        thinned.All.Should().Equal("a", "b");
    }

    [Fact]
    public void The_last_report_is_there_whether_or_not_its_turn_has_come()
    {
        var thinned = new ThinnedReports<string>(_ => false, most: 4);
        for (var report = 0; report < 100; report++)
        {
            thinned.Add($"{report}");
            thinned.All.Should().EndWith($"{report}").And.OnlyHaveUniqueItems().And.HaveCountLessThanOrEqualTo(5);
        }
    }
}
