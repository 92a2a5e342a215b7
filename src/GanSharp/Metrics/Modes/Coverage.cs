using System.Globalization;
using GanSharp.Metrics.TwoSample;
using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Modes;

/// <summary>
/// How much of the data a generator reaches, and how much of what it makes lies where data lies, by balls around real samples that reach to their
/// k-th nearest neighbor (Naeem et al. 2020, k = 5; Kynkäänniemi et al. 2019). Nothing needs to be known of the data, so it shows dropped modes where
/// <see cref="ModeCoverage"/> can't be counted. What fresh real samples score in the same balls stands beside each number: that is the most a perfect
/// generator reaches.
/// </summary>
/// <param name="Value">Share of the reference's balls that hold a generated sample. Low where modes of the data are missing, and where nothing generated looks like the data.</param>
/// <param name="OfReal">Share of the same balls that hold one of as many other real samples: 1 − 2⁻ᵏ = 0.97 on average.</param>
/// <param name="NullLower">
/// Lower end of the range of 95% of what random halves of the other real and the generated samples together cover. For a perfect generator the generated half is as
/// random as any, so <paramref name="Value"/> lies in the range for 95% of them; for a poor one the halves hold its samples too, and the range lies below <paramref name="OfReal"/>.
/// </param>
/// <param name="NullUpper">Upper end of that range.</param>
/// <param name="Precision">Share of the generated samples that lie in a ball at all, that is where data lies.</param>
/// <param name="PrecisionOfReal">The same share of the other real samples.</param>
/// <param name="Regions">
/// Share of wide balls, each of a twentieth of the reference, that hold a generated sample; a real one lies in all of them. A generator that is too narrow in each
/// mode still reaches its regions, so what is missing here are whole modes.
/// </param>
/// <param name="SampleCount">Samples of each of the three sets: reference, other real ones, generated ones.</param>
public readonly record struct Coverage(
    double Value, double OfReal, double NullLower, double NullUpper, double Precision, double PrecisionOfReal, double Regions, long SampleCount)
{
    /// <summary>The most samples of each set: enough to see a tenth of the data missing, and few enough that distances between images cost little beside a look.</summary>
    public const int SampleLimit = 500;

    // Naeem et al. 2020, section 3.3: the smallest k whose coverage of the data by itself is above 0.95.
    private const int Neighbors = 5;
    private const int Permutations = 199, LargestDistanceSize = 256;
    private const double TailShare = 0.025, RegionShare = 0.05;

    /// <summary>Whether fewer of the data's samples are reached than in 97.5% of perfect generators.</summary>
    public bool IsBelowData => Value < NullLower;

    /// <summary>Measures both in Euclidean distance of the flattened samples.</summary>
    /// <param name="real">
    /// Real samples that G was not trained on, float tensor of shape [N, …], N ≥ 12, each but once. One half is the reference, the other shows what real samples reach.
    /// </param>
    /// <param name="fake">Generated samples of the same shape, at least half as many. The first N / 2 are used, at most <see cref="SampleLimit"/>.</param>
    /// <param name="seed">Determines the relabelings and, for samples of more than 256 values, the projection. Default 0.</param>
    /// <returns>
    /// Samples of more than 256 values are first projected to 256 random directions, which keeps distances to some 5% (Johnson and Lindenstrauss 1984).
    /// Distances of pixels know nothing of what an image shows: they find missing modes that look unlike the others, and no finer ones.
    /// </returns>
    /// <exception cref="ArgumentException">The samples can't be compared, or are too few.</exception>
    public static Coverage Measure(Tensor real, Tensor fake, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        SamplePool.ThrowIfUnusable(real, nameof(real));
        SamplePool.ThrowIfUnusable(fake, nameof(fake));
        if (!fake.shape.Skip(1).SequenceEqual(real.shape.Skip(1)))
            throw new ArgumentException($"fake must hold samples of shape {Shape.Format(real.shape.Skip(1))} like real but holds samples of shape {Shape.Format(fake.shape.Skip(1))}.", nameof(fake));
        var count = Math.Min(real.shape[0] / 2, SampleLimit);
        if (count <= Neighbors || fake.shape[0] < count)
            throw new ArgumentException($"real must hold at least {2 * Neighbors + 2} samples, and fake half as many, but they hold {real.shape[0]} and {fake.shape[0]}.", nameof(real));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var points = Points(cat([real.narrow(0, 0, 2 * count).flatten(1).cpu(), fake.narrow(0, 0, count).flatten(1).cpu()]), seed);
        var (reference, pool) = (points.narrow(0, 0, count), points.narrow(0, count, 2 * count));
        var among = cdist(reference, reference);
        among.diagonal().fill_(double.PositiveInfinity);
        var distances = cdist(reference, pool);
        // Whether ball i holds sample j of the pool: shape [reference, other real and generated].
        Tensor Holds(int neighbors) => distances.lt(among.kthvalue(neighbors, 1).values.unsqueeze(1)).to(ScalarType.Float32);
        var holds = Holds(Neighbors);
        var regions = Holds(Math.Max(Neighbors, (int)(RegionShare * count))).narrow(1, count, count);
        var (holdsReal, holdsFake) = (holds.narrow(1, 0, count), holds.narrow(1, count, count));
        double Reached(Tensor part, long dimension) => part.amax([dimension]).mean().item<float>();
        var (lower, upper) = NullRange(holds, count, seed);
        return new Coverage(Reached(holdsFake, 1), Reached(holdsReal, 1), lower, upper, Reached(holdsFake, 0), Reached(holdsReal, 0), Reached(regions, 1), count);
    }

    /// <summary>"0.51 where real samples cover 0.97 (significant below 0.91), 0.52 of the regions; precision 0.93 where real ones have 0.98".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Value:0.00} where real samples cover {OfReal:0.00} (significant below {NullLower:0.00}), {Regions:0.00} of the regions; precision {Precision:0.00} where real ones have {PrecisionOfReal:0.00}");

    /// <summary>Coverage by a random half of real and generated samples together. Where p_g = p_d the generated half is as random as any.</summary>
    private static (double Lower, double Upper) NullRange(Tensor holds, long count, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "coverage permutations");
        var chosen = rand([Permutations, 2 * count], ScalarType.Float32, generator: random).argsort(1).narrow(1, 0, count);
        var labels = zeros([Permutations, 2 * count]).scatter_(1, chosen, ones_like(chosen, ScalarType.Float32));
        var covered = holds.matmul(labels.t()).gt(0.5).to(ScalarType.Float32).mean([0]).sort().Values.data<float>().ToArray();
        var tail = (int)Math.Round(TailShare * (Permutations + 1)) - 1;
        return (covered[tail], covered[^(tail + 1)]);
    }

    /// <summary>Float64 and centered, so that distances lose nothing to a common offset, of at most 256 values.</summary>
    private static Tensor Points(Tensor flat, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "coverage directions");
        var centered = flat.to(ScalarType.Float32) - flat.to(ScalarType.Float32).mean([0]);
        var size = centered.shape[1];
        var projected = size <= LargestDistanceSize ? centered : centered.matmul(randn([size, LargestDistanceSize], ScalarType.Float32, generator: random));
        return projected.to(ScalarType.Float64).MoveToOuterDisposeScope();
    }
}
