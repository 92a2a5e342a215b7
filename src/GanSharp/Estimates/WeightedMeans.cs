using System.Runtime.CompilerServices;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Estimates;

/// <summary>
/// offset + Σ weight · mean over independent classes of samples, with a 95% interval. Every class keeps its own mean, whatever the
/// sample counts. All intervals of this namespace are computed here.
/// </summary>
internal sealed class WeightedMeans
{
    private const double ErrorRate = 0.05;
    private const int Resamples = 1_000;
    private const long LargestDraw = 4_000_000;
    private readonly double offset;
    private readonly (double Weight, Tensor Terms)[] classes;
    private readonly double standardError;

    // Third central moment of the weighted sum divided by the cube of its standard error: the skewness that remains after averaging.
    private readonly double skewness;
    private readonly long samples;

    /// <param name="offset">A constant added to the weighted means.</param>
    /// <param name="classes">For each class its weight and one float64 term per sample, at least 2.</param>
    public WeightedMeans(double offset, params (double Weight, Tensor Terms)[] classes)
    {
        (this.offset, this.classes) = (offset, classes);
        using var scope = NewDisposeScope();
        double variance = 0, thirdMoment = 0;
        Value = offset;
        foreach (var (weight, terms) in classes)
        {
            var (count, mean) = (terms.numel(), terms.mean().item<double>());
            var centered = terms - mean;
            Value += weight * mean;
            variance += weight * weight * terms.var().item<double>() / count;
            thirdMoment += Math.Pow(weight, 3) * centered.pow(3).mean().item<double>() / count / count;
        }
        standardError = Math.Sqrt(variance);
        skewness = variance > 0 ? thirdMoment / Math.Pow(standardError, 3) : 0;
        samples = classes.Min(one => one.Terms.numel());
    }

    /// <summary>Of two classes of samples: the two means, or the mean over pairs where the samples in the same places aren't independent.</summary>
    public static WeightedMeans OfTwo(double offset, double realWeight, Tensor real, double fakeWeight, Tensor fake, bool arePairs) =>
        arePairs ? new(offset, (1, realWeight * real + fakeWeight * fake)) : new(offset, (realWeight, real), (fakeWeight, fake));

    public double Value { get; }

    /// <summary>Refuses a class with fewer than two samples, which has no variance.</summary>
    public static void ThrowIfTooFew(Tensor real, Tensor fake,
        [CallerArgumentExpression(nameof(real))] string realName = "", [CallerArgumentExpression(nameof(fake))] string fakeName = "")
    {
        ArgumentNullException.ThrowIfNull(real, realName);
        ArgumentNullException.ThrowIfNull(fake, fakeName);
        if (real.numel() < 2 || fake.numel() < 2)
            throw new ArgumentException($"An interval needs at least 2 samples a side but got {real.numel()} real and {fake.numel()} generated.", realName);
    }

    public Estimate Normal() => Around(Estimate.NormalQuantile * standardError);

    /// <summary>The normal interval with the terms' skewness transformed away (Hall 1992): for means of ratios, whose right tail is long.</summary>
    public Estimate SkewCorrected()
    {
        // Below this the transformation changes the interval by less than a millionth of its width.
        const double Negligible = 1e-6;
        if (!(Math.Abs(skewness) > Negligible))
            return Normal();
        double Quantile(double z) => 3 / skewness * (Math.Cbrt(1 + skewness * (z - skewness / 6)) - 1);
        return new Estimate(Value, Value - standardError * Quantile(Estimate.NormalQuantile), Value - standardError * Quantile(-Estimate.NormalQuantile), samples);
    }

    /// <summary>BCa, with the acceleration of a sum of means in closed form.</summary>
    public Estimate Bootstrap(long seed)
    {
        if (!(standardError > 0))
            return Normal();
        using var scope = NewDisposeScope();
        var replicates = full(Resamples, offset, ScalarType.Float64);
        for (var index = 0; index < classes.Length; index++)
            replicates += classes[index].Weight * ResampledMeans(classes[index].Terms, seed, index);
        var below = (replicates < Value).sum().item<long>();
        var bias = NormalQuantileOf((below + 0.5) / (Resamples + 1));
        double Percentile(double z)
        {
            var shifted = bias + z;
            return special.ndtr(tensor(bias + shifted / (1 - skewness / 6 * shifted))).item<double>();
        }
        double End(double z) => replicates.quantile(tensor(Percentile(z))).item<double>();
        return new Estimate(Value, End(-Estimate.NormalQuantile), End(Estimate.NormalQuantile), samples);
    }

    /// <summary>For terms in an interval of length <paramref name="range"/>.</summary>
    public Estimate Hoeffding(double range) =>
        Around(range * Math.Sqrt(classes.Sum(one => one.Weight * one.Weight / one.Terms.numel()) * Math.Log(2 / ErrorRate) / 2));

    /// <summary>For terms in an interval of length <paramref name="range"/>; the error rate is divided among the two ends of all classes.</summary>
    public Estimate EmpiricalBernstein(double range)
    {
        using var scope = NewDisposeScope();
        var logarithm = Math.Log(4 * classes.Length / ErrorRate);
        return Around(classes.Sum(one =>
        {
            var count = one.Terms.numel();
            return Math.Abs(one.Weight) * (Math.Sqrt(2 * one.Terms.var().item<double>() * logarithm / count) + 7 * range * logarithm / (3 * (count - 1)));
        }));
    }

    private Estimate Around(double half) => new(Value, Value - half, Value + half, samples);

    private static double NormalQuantileOf(double probability) => special.ndtri(tensor(probability)).item<double>();

    private static Tensor ResampledMeans(Tensor terms, long seed, long index)
    {
        using var random = SeededRandom.Create(seed, "bootstrap", index, terms.device);
        var (flat, count) = (terms.flatten(), terms.numel());
        var rows = Math.Clamp(LargestDraw / count, 1, Resamples);
        var means = new List<Tensor>();
        // Working piece by piece bounds memory.
        for (long done = 0; done < Resamples; done += rows)
        {
            using var piece = NewDisposeScope();
            var size = Math.Min(rows, Resamples - done);
            var drawn = randint(0, count, [size * count], ScalarType.Int64, terms.device, generator: random);
            means.Add(flat.index_select(0, drawn).view(size, count).mean([1]).cpu().MoveToOuterDisposeScope());
        }
        return cat(means);
    }
}
