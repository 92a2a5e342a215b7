using FluentAssertions;
using GanSharp.Metrics;
using GanSharp.Metrics.Features;
using GanSharp.Metrics.Fidelity;
using GanSharp.Networks;
using GanSharp.Tests.Data;
using Xunit;

namespace GanSharp.Tests.Metrics.Fidelity;

/// <summary>The classifier score of garments in a run.</summary>
public sealed class ClassifierScoreTests
{
    [Fact]
    public void Real_garments_score_high_and_those_of_an_untrained_generator_low()
    {
        using var garments = ShippedGarments.Load();
        using var classifier = GarmentClassifier.Load();
        using var generator = new DcganGenerator(new(1, 28, 28), latentSize: 8, width: 4);
        var metric = new ClassifierScoreMetric(classifier, samples: 400, splits: 4);

        var value = metric.Measure(new MetricContext(generator, garments));

        metric.Name.Should().Be("classifier score (garment classifier)");
        metric.Settings.Should().Contain("classifier", "garment classifier").And.Contain("splits", "4").And.ContainKey("weights");
        value.OfReal!.Value.Value.Should().BeInRange(6, 10, "there are ten classes, and it is nearly sure of most");
        value.Value.Should().BeLessThan(0.5 * value.OfReal.Value.Value);
        LiveTensors.Grown(() => metric.Measure(new MetricContext(generator, garments))).Should().Be(0);
    }
}
