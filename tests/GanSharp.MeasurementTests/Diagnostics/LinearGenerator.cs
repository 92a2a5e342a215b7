using GanSharp.Data.Distributions;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>G(z) = mean + factor · z in any dimension, whose density is known: N(mean, factor · factorᵀ). It has no parameter.</summary>
internal sealed class LinearGenerator(double[] mean, double[,] factor) : GeneratorNetwork(nameof(LinearGenerator), LatentPrior.Normal(mean.Length))
{
    /// <summary>N(mean, I).</summary>
    public LinearGenerator(params double[] mean)
        : this(mean, Identity(mean.Length))
    {
    }

    public GaussianMixture Density()
    {
        var covariance = new double[mean.Length, mean.Length];
        for (var row = 0; row < mean.Length; row++)
            for (var column = 0; column < mean.Length; column++)
                covariance[row, column] = Enumerable.Range(0, mean.Length).Sum(k => factor[row, k] * factor[column, k]);
        return new([new Gaussian(mean, covariance)]);
    }

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        return (tensor(mean) + latents.to(ScalarType.Float64).matmul(from_array(factor).t())).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static double[,] Identity(int size)
    {
        var identity = new double[size, size];
        for (var index = 0; index < size; index++)
            identity[index, index] = 1;
        return identity;
    }
}
