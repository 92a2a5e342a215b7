using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// The squared 2-Wasserstein distance of the samples' projections on a random direction, averaged over directions (Rabin et al. 2012; Bonneel et al. 2015).
/// N(0, I) and N(μ, I) in d dimensions are ‖μ‖² / d apart.
/// </summary>
public static class SlicedWasserstein
{
    // Memory grows with the samples and not with their square, so that more of them can be borne; with the defaults these take about half a minute of one core.
    private const int SampleLimit = 10_000;
    private const long ValuesPerPass = 1_000_000;

    /// <summary>Estimates the distance and tests p_d = p_g by permutation; large values speak against it.</summary>
    /// <param name="real">Real samples, float tensor of shape [N, …]; every sample is flattened. N from 2 to 10,000 after subsampling.</param>
    /// <param name="fake">Generated samples, float tensor of shape [M, …] with samples of the same shape.</param>
    /// <param name="directions">Random directions, at least 1; on the line there is one. Default 128; time grows with directions × permutations × samples.</param>
    /// <param name="options">Null for the defaults; the seed determines the directions too.</param>
    /// <returns>
    /// The average, in the samples' unit squared. It is biased up: equal distributions give more than 0, falling with N and M.
    /// Compare distances of equal sample counts only, and read the p-value, which the bias doesn't touch.
    /// </returns>
    /// <exception cref="ArgumentException">The samples can't be compared, or an option is invalid.</exception>
    public static TwoSampleResult Measure(Tensor real, Tensor fake, int directions = 128, TwoSampleOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        var pool = SamplePool.Create(real, fake, options, SampleLimit);
        // Sorted once: a relabeling only chooses which of the sorted values are real.
        var (values, order) = pool.Points.matmul(Directions(pool, directions)).t().contiguous().sort(1);
        var transport = Transport(pool.RealCount, pool.FakeCount);
        return pool.Test(labels => Average(labels, values, order, transport, pool));
    }

    private static Tensor Directions(SamplePool pool, int count)
    {
        using var random = SeededRandom.Create(pool.Seed, "slices");
        var dimension = pool.Points.shape[1];
        var normal = randn([dimension, dimension == 1 ? 1 : count], ScalarType.Float64, generator: random);
        return normal / normal.square().sum(0, keepdim: true).sqrt();
    }

    private static Tensor Average(Tensor labels, Tensor values, Tensor order, (Tensor Real, Tensor Fake, Tensor Mass) transport, SamplePool pool)
    {
        var (permutations, total) = (labels.shape[0], labels.shape[1]);
        var real = labels.to(ScalarType.Bool);
        var sum = zeros(permutations, ScalarType.Float64);
        var slicesPerPass = Math.Max(1, ValuesPerPass / (permutations * total));
        for (long start = 0; start < values.shape[0]; start += slicesPerPass)
        {
            using var pass = NewDisposeScope();
            var slices = Math.Min(slicesPerPass, values.shape[0] - start);
            var isReal = real.index_select(1, order.narrow(0, start, slices).flatten()).view(permutations, slices, total);
            var sorted = values.narrow(0, start, slices).unsqueeze(0).expand(permutations, slices, total);
            var realValues = sorted.masked_select(isReal).view(permutations, slices, pool.RealCount).index_select(2, transport.Real);
            var fakeValues = sorted.masked_select(isReal.logical_not()).view(permutations, slices, pool.FakeCount).index_select(2, transport.Fake);
            sum.add_((realValues - fakeValues).pow_(2).matmul(transport.Mass).sum(1));
        }
        return sum / values.shape[0];
    }

    /// <summary>
    /// Which sorted value is carried to which, and how much mass: between two neighboring ends of i/n and j/m both quantile functions are constant.
    /// </summary>
    private static (Tensor Real, Tensor Fake, Tensor Mass) Transport(long realCount, long fakeCount)
    {
        List<long> fromReal = [], fromFake = [];
        List<double> mass = [];
        // In units of 1 / nm every end is an integer, and equal counts pair one to one.
        for (long done = 0; done < realCount * fakeCount;)
        {
            var (i, j) = (done / fakeCount, done / realCount);
            var end = Math.Min((i + 1) * fakeCount, (j + 1) * realCount);
            fromReal.Add(i);
            fromFake.Add(j);
            mass.Add((double)(end - done) / (realCount * fakeCount));
            done = end;
        }
        return (tensor(fromReal), tensor(fromFake), tensor(mass));
    }
}
