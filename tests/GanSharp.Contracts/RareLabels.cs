using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>Asks for rare classes more often: label y with a probability in proportion to its weight.</summary>
public sealed class RareLabels(params double[] weights) : LabelSampler
{
    public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device)
    {
        using var scope = NewDisposeScope();
        var cumulative = tensor(weights, float64, device).cumsum(0) / weights.Sum();
        return (searchsorted(cumulative, rand(count, float64, device, generator: random))).MoveToOuterDisposeScope();
    }
}
