using GanSharp.Metrics;

namespace GanSharp.Tests.Training;

/// <summary>A metric whose value is a function of what it is given.</summary>
internal sealed class StepMetric(Func<MetricContext, MetricValue> measure, string name = "score", bool lowerIsBetter = true) : IMetric
{
    /// <summary>One whose value the step determines.</summary>
    public static StepMetric Of(Func<long, double> value, string name = "score", bool lowerIsBetter = true) => new(context => value(context.Step), name, lowerIsBetter);

    public string Name => name;

    public bool LowerIsBetter => lowerIsBetter;

    public MetricValue Measure(MetricContext context) => measure(context);
}
