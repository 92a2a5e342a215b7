using FluentAssertions;
using GanSharp.Schedules;
using Xunit;

namespace GanSharp.Tests.Optimization;

public sealed class ScheduleTests
{
    [Fact]
    public void A_number_is_a_constant()
    {
        Schedule schedule = 0.5;

        schedule.At(0).Should().Be(0.5);
        schedule.At(1_000_000).Should().Be(0.5);
        schedule.ToString().Should().Be("0.5");
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(20, 10)]
    [InlineData(45, 7.5)]
    [InlineData(70, 5)]
    [InlineData(120, 0)]
    [InlineData(9999, 0)]
    public void A_line_changes_evenly_between_its_ends(long step, double expected) =>
        Schedule.Linear(10, 0, steps: 100, start: 20).At(step).Should().BeApproximately(expected, 1e-12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25, 0.85355339059327)]
    [InlineData(50, 0.5)]
    [InlineData(100, 0)]
    [InlineData(101, 0)]
    public void A_cosine_is_slow_at_both_ends(long step, double expected) =>
        Schedule.Cosine(1, 0, steps: 100).At(step).Should().BeApproximately(expected, 1e-12);

    [Fact]
    public void A_change_without_length_is_refused()
    {
        var make = () => Schedule.Cosine(1, 0, steps: 0);

        make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
    }
}
