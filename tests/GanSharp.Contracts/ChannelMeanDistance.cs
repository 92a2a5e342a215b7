using GanSharp.Metrics;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>How far the mean color of generated images is from that of real ones: the largest difference of any channel.</summary>
/// <param name="samples">Images on each side.</param>
public sealed class ChannelMeanDistance(long samples = 1_000) : IMetric
{
    public string Name => "channel mean distance";

    public MetricGoal Goal => MetricGoal.Lower;

    public MetricValue Measure(MetricContext context)
    {
        var (sum, count) = (zeros(context.SampleShape[0], ScalarType.Float64), 0L);
        foreach (var (real, fake) in context.Real(samples).Zip(context.Generated(Math.Min(samples, context.RealCount ?? samples))))
        {
            using var scope = NewDisposeScope();
            sum.add_((real.Samples - fake.Samples).mean([2, 3]).sum([0]).cpu());
            count += real.Samples.shape[0];
        }
        return (sum / count).abs().max().item<double>();
    }
}
