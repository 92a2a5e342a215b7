using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// Real and generated samples in one random order, so that neither a tie nor rounding can favor a side,
/// and the permutation test over their labels (Efron and Tibshirani 1993, chapter 15).
/// Its tensors belong to the dispose scope in which it is made.
/// </summary>
internal sealed class SamplePool
{
    // Labels of one pass: 8 MB a matrix.
    private const int LabelsPerPass = 1_000_000, PermutationsPerPass = 128;
    private readonly TwoSampleOptions options;
    private readonly Tensor labels;

    private SamplePool(Tensor points, Tensor labels, int realCount, int fakeCount, TwoSampleOptions options) =>
        (Points, this.labels, RealCount, FakeCount, this.options) = (points, labels, realCount, fakeCount, options);

    /// <summary>Float64 tensor of shape [N, values of a sample] on the CPU, centered at 0: distances then lose nothing to a common offset.</summary>
    public Tensor Points { get; }

    /// <summary>1 at real samples, 0 at generated ones: float64 tensor of shape [1, N].</summary>
    public Tensor Labels => labels;

    public int RealCount { get; }

    public int FakeCount { get; }

    public long Seed => options.Seed;

    /// <summary>Checks, subsamples, flattens and shuffles.</summary>
    /// <param name="real">Shape [N, …].</param>
    /// <param name="fake">Shape [M, …].</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="limit">The most samples of a side that the test can bear.</param>
    public static SamplePool Create(Tensor real, Tensor fake, TwoSampleOptions? options, int limit)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        options ??= new TwoSampleOptions();
        options.ThrowIfInvalid();
        ThrowIfUnlike(real, fake);
        using var random = SeededRandom.Create(options.Seed, "two-sample pool");
        var (realPoints, fakePoints) = (Take(real, nameof(real), options, limit, random), Take(fake, nameof(fake), options, limit, random));
        var (realCount, fakeCount) = ((int)realPoints.shape[0], (int)fakePoints.shape[0]);
        var order = randperm(realCount + fakeCount, generator: random);
        var points = cat([realPoints, fakePoints]).index_select(0, order);
        var labels = order.lt(realCount).to(ScalarType.Float64).unsqueeze(0);
        return new SamplePool(points - points.mean([0]), labels, realCount, fakeCount, options);
    }

    /// <summary>Compares the statistic of the true labels with that of random ones.</summary>
    /// <param name="statistic">From labels [B, N], each row with <see cref="RealCount"/> ones, to B statistics.</param>
    /// <param name="twoSided">Whether small values speak against p_d = p_g as well as large ones.</param>
    public TwoSampleResult Test(Func<Tensor, Tensor> statistic, bool twoSided = false)
    {
        using var random = SeededRandom.Create(options.Seed, "two-sample permutations");
        var observed = Evaluate(statistic, labels).item<double>();
        // The same labels in another row may differ in the last bits, and must count as equal.
        var tolerance = 1e-11 * Math.Abs(observed) + 1e-14;
        var perPass = Math.Clamp(LabelsPerPass / (RealCount + FakeCount), 1, PermutationsPerPass);
        long asLarge = 0, asSmall = 0;
        for (var done = 0; done < options.Permutations; done += perPass)
        {
            using var pass = NewDisposeScope();
            var permuted = Evaluate(statistic, RandomLabels(Math.Min(perPass, options.Permutations - done), random));
            asLarge += permuted.ge(observed - tolerance).sum().item<long>();
            asSmall += permuted.le(observed + tolerance).sum().item<long>();
        }
        double PValue(long extreme) => (extreme + 1.0) / (options.Permutations + 1);
        var pValue = twoSided ? Math.Min(1, 2 * PValue(Math.Min(asLarge, asSmall))) : PValue(asLarge);
        return new TwoSampleResult(observed, pValue, options.Permutations, RealCount, FakeCount);
    }

    private static Tensor Evaluate(Func<Tensor, Tensor> statistic, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return statistic(labels).MoveToOuterDisposeScope();
    }

    private Tensor RandomLabels(int count, Generator random)
    {
        var order = rand([count, RealCount + FakeCount], ScalarType.Float64, generator: random).argsort(1).narrow(1, 0, RealCount);
        return zeros([count, RealCount + FakeCount], ScalarType.Float64).scatter_(1, order, ones_like(order, ScalarType.Float64));
    }

    private static Tensor Take(Tensor samples, string name, TwoSampleOptions options, int limit, Generator random)
    {
        var count = Math.Min(samples.shape[0], options.Subsample ?? samples.shape[0]);
        if (count > limit)
            throw new ArgumentException($"{name} must hold at most {limit} samples, so that memory and time stay bounded, but holds {count}; set TwoSampleOptions.Subsample to {limit} or less.", name);
        var chosen = count == samples.shape[0] ? samples : samples.index_select(0, randperm(samples.shape[0], generator: random).narrow(0, 0, count).to(samples.device));
        return Flat(chosen, name);
    }

    /// <summary>All samples of both sides in float64, flattened, less their common mean.</summary>
    public static (Tensor Real, Tensor Fake) Flattened(Tensor real, Tensor fake)
    {
        ThrowIfUnlike(real, fake);
        var (x, y) = (Flat(real, nameof(real)), Flat(fake, nameof(fake)));
        var center = x.mean([0]);
        return (x - center, y - center);
    }

    private static Tensor Flat(Tensor samples, string name)
    {
        var points = samples.detach().flatten(1).to(ScalarType.Float64).to(CPU);
        return points.isfinite().all().item<bool>() ? points : throw new ArgumentException($"{name} must be finite but holds NaN or infinity.", name);
    }

    private static void ThrowIfUnlike(Tensor real, Tensor fake)
    {
        ThrowIfUnusable(real, nameof(real));
        ThrowIfUnusable(fake, nameof(fake));
        if (!fake.shape.Skip(1).SequenceEqual(real.shape.Skip(1)))
            throw new ArgumentException($"fake must hold samples of shape {Shape.Format(real.shape.Skip(1))} like real but holds samples of shape {Shape.Format(fake.shape.Skip(1))}.", nameof(fake));
    }

    public static void ThrowIfUnusable(Tensor samples, string name)
    {
        if (samples.dim() < 2 || samples.shape[0] < 2 || samples.numel() == 0)
            throw new ArgumentException($"{name} must have shape [N, …] with at least 2 samples but has shape {Shape.Format(samples.shape)}.", name);
        if (!samples.is_floating_point())
            throw new ArgumentException($"{name} must hold floating-point values but holds {samples.dtype}.", name);
    }
}
