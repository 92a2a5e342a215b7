using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DiagnosticsMemoryTests
{
    [Fact]
    public void Measuring_leaves_no_tensor_behind()
    {
        using var real = normal(0, 0.25, [500], ScalarType.Float64); // logits near 0: with those of randn itself, the tail of e^l is too heavy for a bound of Jeffreys in one of several draws
        using var fake = normal(0, 0.25, [500], ScalarType.Float64);
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(0.5);
        void Once()
        {
            _ = ValueFunction.Of(real, fake, 0.25);
            foreach (var method in Enum.GetValues<IntervalMethod>())
                _ = JensenShannon.Bound(real, fake, 0.25, method);
            _ = JensenShannon.MonteCarlo(data, generator, samples: 100);
            _ = JensenShannon.Quadrature(data, generator, 0.25);
            foreach (var divergence in new[] { FDivergence.Jeffreys, FDivergence.TotalVariation, FDivergence.JensenShannon })
            {
                _ = (divergence.PlugIn(real, fake), divergence.LowerBound(real, fake), divergence.Quadrature(data, generator));
                divergence.Conjugate(real).Dispose();
                divergence.OutputActivation(real).Dispose();
            }
            _ = (DonskerVaradhan.Bound(real, fake), RatioConsistency.Measure(real, fake), CalibrationReport.Measure(real, fake));
        }
        Once();
        var before = LiveTensors.Settled();

        for (var repetition = 0; repetition < 3; repetition++)
            Once();

        Tensor.TotalCount.Should().Be(before);
    }
}
