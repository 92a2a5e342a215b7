using FluentAssertions;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Tests.Training;
using Xunit;

namespace GanSharp.Tests.Metrics;

public sealed class MetricGoalTests
{
    private static readonly Estimate OfReal = new(2, 1.9, 2.1, 100);

    [Theory]
    [InlineData(MetricGoal.Lower, 1, 2, true)]
    [InlineData(MetricGoal.Lower, 2, 2, false)]
    [InlineData(MetricGoal.Lower, -1, 0, true)]
    [InlineData(MetricGoal.Higher, 2, 1, true)]
    [InlineData(MetricGoal.Higher, 1, 2, false)]
    [InlineData(MetricGoal.NearReal, 2.5, 1, true)]
    [InlineData(MetricGoal.NearReal, 3.5, 1, false)]
    [InlineData(MetricGoal.NearReal, 1, 3, false)]
    [InlineData(MetricGoal.Lower, double.NegativeInfinity, 0, false)]
    [InlineData(MetricGoal.NearReal, double.NaN, 3, false)]
    [InlineData(MetricGoal.Higher, 0, double.NaN, true)]
    public void A_value_is_better_by_its_goal(MetricGoal goal, double value, double other, bool isBetter) =>
        new MetricReading(value, null, 1, goal, OfReal).IsBetterThan(other).Should().Be(isBetter);

    [Fact]
    public void Near_real_needs_what_real_samples_get()
    {
        new MetricReading(1, null, 1, MetricGoal.NearReal).Invoking(it => it.IsBetterThan(2)).Should().Throw<InvalidOperationException>().WithMessage("*MetricValue.OfReal*");
        IMetric metric = new StepMetric(_ => 1, goal: MetricGoal.NearReal);
        metric.Invoking(it => it.ThrowIfUnusable(1, ofReal: null)).Should().Throw<InvalidOperationException>().WithMessage("StepMetric.Measure must return MetricValue.OfReal*");
        metric.Invoking(it => it.ThrowIfUnusable(1, OfReal)).Should().NotThrow();
    }
}
