using FluentAssertions;
using GanSharp.Estimates;
using Xunit;

namespace GanSharp.Tests.Diagnostics;

public sealed class EstimateTests
{
    [Theory]
    [InlineData(0.1114, 0.1072, 0.1156, "0.1114 ± 0.0042")]
    // Symmetric to the digits printed.
    [InlineData(0.11142, 0.10723, 0.11564, "0.1114 ± 0.0042")]
    [InlineData(0.0031, 0.0008, 0.0071, "0.0031 [0.0008, 0.0071]")]
    [InlineData(1, -0.00001, 1.5, "1.0000 [0.0000, 1.5000]")]
    [InlineData(-0.00004, -0.00004, -0.00004, "0.0000 ± 0.0000")]
    [InlineData(double.NaN, double.NaN, double.NaN, "NaN ± NaN")]
    public void Intervals_are_printed_as_they_lie(double value, double lower, double upper, string expected) =>
        new Estimate(value, lower, upper, 10).ToString().Should().Be(expected);
}
