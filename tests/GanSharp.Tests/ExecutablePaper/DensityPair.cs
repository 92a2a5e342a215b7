using GanSharp.Data.Distributions;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>
/// p_d and p_g on the line, two mixtures drawn from a seed, and what turns an expectation into a sum: a fine grid with the weights p(x) dx,
/// for what the library gives a sample, and points of equal weight (the quantiles of each mode), for what it gives as a mean.
/// </summary>
internal sealed class DensityPair : IDisposable
{
    private const double Step = 2e-3;
    private const int PointsPerUnitOfWeight = 90_000;

    public DensityPair(GaussianMixture data, GaussianMixture generator)
    {
        (Data, Generator) = (data, generator);
        var (start, end) = (Math.Min(data.Support[0].Lower, generator.Support[0].Lower), Math.Max(data.Support[0].Upper, generator.Support[0].Upper));
        Grid = arange(start, end, Step, float64).unsqueeze(1);
        DataWeights = data.LogDensity(Grid).exp() * Step;
        GeneratorWeights = generator.LogDensity(Grid).exp() * Step;
    }

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5];

    public GaussianMixture Data { get; }

    public GaussianMixture Generator { get; }

    /// <summary>Points on the line, shape [N, 1].</summary>
    public Tensor Grid { get; }

    /// <summary>p_d(x) dx on the grid, shape [N]: E_pd[f] = Σ weights · f(grid), to the accuracy of the trapezoidal rule.</summary>
    public Tensor DataWeights { get; }

    /// <summary>p_g(x) dx on the grid, shape [N].</summary>
    public Tensor GeneratorWeights { get; }

    /// <summary>Points whose mean is the expectation under p_d to about 1e-5, shape [N, 1].</summary>
    public Tensor RealPoints => Quantiles(Data);

    /// <summary>The same under p_g; another number of points.</summary>
    public Tensor FakePoints => Quantiles(Generator);

    public static DensityPair Draw(int seed)
    {
        var random = new Random(seed);
        return new DensityPair(Mixture(random), Mixture(random));
    }

    public void Dispose()
    {
        Data.Dispose();
        Generator.Dispose();
    }

    private static GaussianMixture Mixture(Random random)
    {
        // Whole-number weights, so that points of equal weight can represent them.
        var modes = random.Next(1, 4);
        return new GaussianMixture(
            [.. Enumerable.Range(0, modes).Select(_ => new Gaussian(4 * random.NextDouble() - 2, 0.6 + 0.8 * random.NextDouble()))],
            [.. Enumerable.Range(0, modes).Select(_ => (double)random.Next(1, 4))]);
    }

    private static Tensor Quantiles(GaussianMixture mixture)
    {
        var unit = mixture.Weights.Min();
        return cat([.. mixture.Components.Zip(mixture.Weights, (mode, weight) =>
        {
            // 6 · weight / unit is whole for weights among 1, 2 and 3.
            var count = (long)Math.Round(6 * weight / unit) * PointsPerUnitOfWeight / 6;
            var shares = (arange(count, float64) + 0.5) / count;
            return mode.Mean[0] + Math.Sqrt(2 * mode.Covariance(0, 0)) * (2 * shares - 1).erfinv();
        })]).unsqueeze(1);
    }
}
