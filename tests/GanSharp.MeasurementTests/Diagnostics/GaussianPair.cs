using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>Two round normals whose centers differ along the first coordinate, with the log ratio they have.</summary>
internal sealed record GaussianPair(double DataMean, double DataDeviation, double GeneratorMean, double GeneratorDeviation, int Dimension = 1)
{
    /// <summary>The three first have finite second moments of r and 1/r; of the others, one is infinite.</summary>
    public static GaussianPair[] All =>
    [
        new(0.5, 1, 0, 1), new(1, 1, 0, 1), new(0.3, 1, 0, 1.2),
        new(1.7, 0.8, -0.4, 1.9), new(-0.4, 1.9, 1.7, 0.8), new(0.5, 1.5, 0, 1, Dimension: 2),
    ];

    /// <summary>E_pg[r²] and E_pd[1/r²] are finite where the ratio of the variances is below 2.</summary>
    public bool HasFiniteVariance => Math.Max(DataDeviation / GeneratorDeviation, GeneratorDeviation / DataDeviation) < Math.Sqrt(2);

    /// <summary>l at samples of the data and of the generator, and the generated samples' first coordinates, one row a repeat.</summary>
    public (Tensor Real, Tensor Fake, Tensor FakeFirst) Draw(long repeats, long count, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, ToString());
        Tensor Samples(double mean, double deviation)
        {
            var samples = randn([repeats, count, Dimension], ScalarType.Float64, generator: random) * deviation;
            samples.select(2, 0).add_(mean);
            return samples;
        }
        var (real, fake) = (Samples(DataMean, DataDeviation), Samples(GeneratorMean, GeneratorDeviation));
        return (LogRatio(real).MoveToOuterDisposeScope(), LogRatio(fake).MoveToOuterDisposeScope(), fake.select(2, 0).clone().MoveToOuterDisposeScope());
    }

    /// <summary>∫ p_d h(l) dx and ∫ p_g h(l) dx on the line or in the plane, by the trapezoidal rule.</summary>
    public (double Data, double Generator) Expectations(Func<Tensor, Tensor> real, Func<Tensor, Tensor> fake)
    {
        using var scope = NewDisposeScope();
        var widest = 12 * Math.Max(DataDeviation, GeneratorDeviation);
        var points = Dimension == 1 ? 200_001 : 1_201;
        var axis = linspace(-widest, widest, points, ScalarType.Float64);
        var grid = Dimension == 1 ? axis.unsqueeze(1) : stack([axis.repeat_interleave(points), axis.repeat(points)], 1);
        var cell = Math.Pow(2 * widest / (points - 1), Dimension);
        var l = LogRatio(grid);
        double Mean(double mean, double deviation, Tensor terms)
        {
            var density = LogDensity(grid, mean, deviation).exp();
            return where(density > 0, density * terms, zeros_like(density)).sum().item<double>() * cell;
        }
        return (Mean(DataMean, DataDeviation, real(l)), Mean(GeneratorMean, GeneratorDeviation, fake(l)));
    }

    public override string ToString()
    {
        string Normal(double mean, double deviation) => FormattableString.Invariant($"N({mean}, {deviation}²)");
        return $"{Normal(DataMean, DataDeviation)} / {Normal(GeneratorMean, GeneratorDeviation)}{(Dimension == 1 ? "" : ", 2-D")}";
    }

    private Tensor LogRatio(Tensor samples) => LogDensity(samples, DataMean, DataDeviation) - LogDensity(samples, GeneratorMean, GeneratorDeviation);

    private Tensor LogDensity(Tensor samples, double mean, double deviation)
    {
        var centers = new double[Dimension];
        centers[0] = mean;
        return -((samples - tensor(centers)) / deviation).square().sum(-1) / 2 - Dimension * Math.Log(deviation * Math.Sqrt(2 * Math.PI));
    }
}
