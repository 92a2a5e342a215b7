using GanSharp.Estimates;
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
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="directions"/> is below 1.</exception>
    public static TwoSampleResult Measure(Tensor real, Tensor fake, int directions = 128, TwoSampleOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        var pool = SamplePool.Create(real, fake, options, SampleLimit);
        // Sorted once: a relabeling only chooses which of the sorted values are real.
        var (values, order) = pool.Points.matmul(Directions(pool.Points.shape[1], directions, pool.Seed)).t().contiguous().sort(1);
        var transport = Transport(pool.RealCount, pool.FakeCount);
        return pool.Test(labels => Average(labels, values, order, transport, pool));
    }

    /// <summary>The distance alone, with an interval, of any number of samples.</summary>
    /// <param name="real">Real samples, float tensor of shape [N, …], N ≥ 2; every sample is flattened.</param>
    /// <param name="fake">Generated samples, float tensor of shape [M, …], M ≥ 2, with samples of the same shape.</param>
    /// <param name="directions">Random directions, at least 1; on the line there is one. Default 128.</param>
    /// <param name="seed">Determines the directions. Give all values that are to be compared the same. Default 0.</param>
    /// <returns>
    /// The average, in the samples' unit squared, biased up like <see cref="Measure"/>'s. The 95% interval is that of the delta method: each sample's influence is its Kantorovich
    /// potential, averaged over the directions, and the interval is normal with the variance of the influences (del Barrio and Loubes 2019). It is of the samples, given
    /// the directions, and holds the value that samples of these counts give on average, bias included.
    /// </returns>
    /// <exception cref="ArgumentException">The samples can't be compared.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="directions"/> is below 1.</exception>
    public static Estimate Distance(Tensor real, Tensor fake, int directions = 128, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, y) = SamplePool.Flattened(real, fake);
        var (n, m) = (x.shape[0], y.shape[0]);
        var transport = Transport(n, m);
        var axes = Directions(x.shape[1], directions, seed);
        var (sum, ofReal, ofFake) = (0.0, zeros(n, ScalarType.Float64), zeros(m, ScalarType.Float64));
        var slicesPerPass = Math.Max(1, ValuesPerPass / (n + m));
        for (long start = 0; start < axes.shape[1]; start += slicesPerPass)
        {
            using var pass = NewDisposeScope();
            var part = axes.narrow(1, start, Math.Min(slicesPerPass, axes.shape[1] - start));
            var (a, orderOfReal) = x.matmul(part).t().contiguous().sort(1);
            var (b, orderOfFake) = y.matmul(part).t().contiguous().sort(1);
            var (from, to) = (a.index_select(1, transport.Real), b.index_select(1, transport.Fake));
            sum += (from - to).pow_(2).matmul(transport.Mass).sum().item<double>();
            // Where each value is carried to, on average.
            Tensor Carried(Tensor values, Tensor targets, Tensor indices) => zeros_like(values).index_add_(1, indices, targets * transport.Mass, 1) * values.shape[1];
            ofReal.add_(Potentials(a, Carried(a, to, transport.Real), orderOfReal).sum([0]));
            ofFake.add_(Potentials(b, Carried(b, from, transport.Fake), orderOfFake).sum([0]));
        }
        var count = (double)axes.shape[1];
        return new WeightedMeans(sum / count, (1, Centered(ofReal / count)), (1, Centered(ofFake / count))).Normal();
    }

    private static Tensor Centered(Tensor influences) => influences - influences.mean();

    /// <summary>The Kantorovich potential φ with φ′(x) = 2 (x − T(x)), T the map that is linear between the samples; in the samples' own order.</summary>
    private static Tensor Potentials(Tensor sorted, Tensor carried, Tensor order)
    {
        var excess = sorted - carried;
        var last = sorted.shape[1] - 1;
        var steps = (sorted.narrow(1, 1, last) - sorted.narrow(1, 0, last)) * (excess.narrow(1, 1, last) + excess.narrow(1, 0, last));
        var potentials = cat([zeros([sorted.shape[0], 1], ScalarType.Float64), steps.cumsum(1)], 1);
        return zeros_like(potentials).scatter_(1, order, potentials);
    }

    private static Tensor Directions(long dimension, int count, long seed)
    {
        using var random = SeededRandom.Create(seed, "slices");
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
