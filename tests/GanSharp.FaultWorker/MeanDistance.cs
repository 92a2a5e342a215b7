using GanSharp.Metrics;
using GanSharp.Metrics.Features;

namespace GanSharp.FaultWorker;

/// <summary>How far the mean of generated points is from that of real ones, for checkpoints to keep the best by.</summary>
internal sealed class MeanDistance : IMetric
{
    public string Name => "mean distance";

    public MetricGoal Goal => MetricGoal.Lower;

    public MetricValue Measure(MetricContext context)
    {
        var features = new PixelFeatures();
        return (features.ExtractAll(context.Real(60)).mean([0]) - features.ExtractAll(context.Generated(60)).mean([0])).norm().item<float>();
    }
}
