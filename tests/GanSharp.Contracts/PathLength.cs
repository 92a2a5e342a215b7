using GanSharp.Penalties;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Contracts;

/// <summary>Path length regularization (Karras et al. 2020): a step in z changes the samples by as much, wherever it is taken.</summary>
public sealed class PathLength(double weight, int everySteps = 4) : GeneratorPenalty, IStateful
{
    private double mean;

    public override string Name => "path length";

    public override int EverySteps => everySteps;

    public override bool NeedsLatentGradient => true;

    public IReadOnlyList<(string Name, Tensor Value)> State => [];

    public double[] Scalars { get => [mean]; set => mean = value[0]; }

    public override Tensor Evaluate(GeneratorPass pass)
    {
        var noise = randn(pass.Samples.shape, generator: pass.Random, device: pass.Samples.device) / Math.Sqrt(pass.Samples.shape.Skip(2).Aggregate(1L, (a, b) => a * b));
        var lengths = LatentGradient((pass.Samples * noise).sum(), pass).square().sum(1).sqrt();
        mean += 0.01 * (lengths.mean().item<float>() - mean);
        return (lengths - mean).square() * weight;
    }
}
