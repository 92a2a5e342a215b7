using GanSharp.Metrics;

namespace GanSharp.Tests.Training;

/// <summary>A metric whose value is a function of what it is given.</summary>
internal sealed class StepMetric(Func<MetricContext, MetricValue> measure, string name = "score", MetricGoal goal = MetricGoal.Lower) : IMetric
{
    /// <summary>One whose value the step determines.</summary>
    public static StepMetric Of(Func<long, double> value, string name = "score", MetricGoal goal = MetricGoal.Lower) => new(context => value(context.Step), name, goal);

    public string Name => name;

    public MetricGoal Goal => goal;

    public MetricValue Measure(MetricContext context) => measure(context);
}
