using GanSharp.Data;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>G(z) = mean + factor · z in the plane, whose density is known: N(mean, factor · factorᵀ).</summary>
internal sealed class PlaneGenerator(double[] mean, double[,] factor) : GeneratorNetwork(nameof(PlaneGenerator), LatentPrior.Normal(2))
{
    public GaussianMixture Density() => new([new Gaussian(mean, new[,]
    {
        { Product(0, 0), Product(0, 1) },
        { Product(0, 1), Product(1, 1) },
    })]);

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        return (tensor(mean) + latents.to(ScalarType.Float64).matmul(from_array(factor).t())).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private double Product(int row, int column) => factor[row, 0] * factor[column, 0] + factor[row, 1] * factor[column, 1];
}
