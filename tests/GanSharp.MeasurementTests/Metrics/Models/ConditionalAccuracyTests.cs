using FluentAssertions;
using GanSharp.Data;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Models;
using GanSharp.Tests.Misuse;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Models;

public sealed class ConditionalAccuracyTests
{
    [Fact]
    public void It_counts_what_is_recognized_as_asked()
    {
        using var scope = NewDisposeScope();
        // The class is the sign of the first coordinate; of real samples a fourth is labeled wrongly.
        var labels = arange(400) % 2;
        using var data = new InMemoryDataset(Points(where((arange(400) % 8).lt(2), 1 - labels, labels)), labels);
        using var right = new LambdaGenerator((_, _, asked) => Points(asked!), classes: 2);
        using var always = new LambdaGenerator((_, _, asked) => Points(ones_like(asked!)), classes: 2);
        var metric = new ConditionalAccuracyMetric(new Sign());

        var value = metric.Measure(new MetricContext(right, data));

        (value.Value, value.Interval!.Value.Upper, value.OfReal!.Value.Value).Should().Be((1, 1, 0.75));
        value.Interval.Value.Lower.Should().BeApproximately(400 / (400 + 3.8415), 1e-4, "Wilson's interval of 400 in 400");
        metric.Measure(new MetricContext(always, data)).Value.Should().Be(0.5);
        (metric.Name, metric.Goal).Should().Be(("conditional accuracy (sign)", MetricGoal.Higher));
        LiveTensors.Grown(() => metric.Measure(new MetricContext(right, data))).Should().Be(0);
    }

    [Fact]
    public void Data_without_labels_is_refused()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(40, 2));
        using var generator = new LambdaGenerator();

        FluentActions.Invoking(() => new ConditionalAccuracyMetric(new Sign()).Measure(new MetricContext(generator, data)))
            .Should().Throw<InvalidOperationException>().WithMessage("ConditionalAccuracyMetric compares classes, but the data has no labels.");
    }

    private static Tensor Points(Tensor labels) => stack([labels.to(ScalarType.Float32) * 2 - 1, zeros_like(labels, ScalarType.Float32)], 1);

    private sealed class Sign : IClassifier
    {
        public string Name => "sign";

        public int Classes => 2;

        public Tensor Probabilities(Tensor samples)
        {
            var positive = samples.select(1, 0).gt(0).@float();
            return stack([1 - positive, positive], 1);
        }
    }
}
