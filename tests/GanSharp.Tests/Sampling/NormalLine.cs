using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Networks;
using GanSharp.Sampling;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

/// <summary>N(0, 4) proposing to N(0, 1) with the exact log ratio: every sampler must turn the one into the other.</summary>
internal sealed class NormalLine : IDisposable
{
    private readonly AffineGenerator generator = new(0, 2);
    private readonly GaussianMixture density = Mixtures.Normal(0, 2);

    public GaussianMixture Data { get; } = Mixtures.Normal();

    /// <summary>The proposal with its log ratio, to which any constant may be added.</summary>
    public GeneratorProposal Proposal(double constant = 0) => new(generator, samples => DensityRatio.Log(Data, density, samples) + constant);

    /// <summary>Kolmogorov and Smirnov's sup |F_n − Φ| · √n, above 1.95 once in a thousand times.</summary>
    public static double KolmogorovSmirnov(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var count = samples.shape[0];
        var (sorted, _) = samples.flatten().to(ScalarType.Float64).sort();
        var distance = (special.ndtr(sorted) - (arange(count, ScalarType.Float64) + 0.5) / count).abs().max().item<double>();
        return (distance + 0.5 / count) * Math.Sqrt(count);
    }

    public void Dispose()
    {
        Data.Dispose();
        generator.Dispose();
        density.Dispose();
    }
}
