using GanSharp.Estimates;
using GanSharp.Metrics.Fidelity;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Memorization;

/// <summary>
/// The share of generated samples that are nearer to the training set than to as many held-out samples: ½ where nothing is memorized, 1 where every sample is a copy. It takes the three
/// samples of the data-copying test of Meehan et al. (2020), and counts nearest neighbors.
/// </summary>
/// <remarks>
/// <para>
/// Why ½: the split of the data was random. A generator that knows of the training set no more than its distribution can't tell it from the held-out one, so exchanging both sets
/// changes nothing, however good or bad its samples are. That is exact for any number of samples and any features.
/// </para>
/// <para>
/// The interval is Wilson's. Generated samples whose nearest neighbor is the same real one aren't independent: that real sample was in the training set or it wasn't. So the
/// interval counts M² / (Σ c² − M² / 2n) samples, and M at most, where c is how many of the M generated ones have a given one of the 2n real ones as their nearest. With a factor of
/// (2n − 1) / 2n this makes its variance at ½ that of all ways to split the 2n real samples. A collapsed generator, all of whose samples have one neighbor, counts as one sample.
/// Student's quantile takes the place of the normal one where few remain.
/// </para>
/// </remarks>
public static class MemorizationShare
{
    /// <summary>Measures it in Euclidean distance of the features. A sample that is as near to both counts half.</summary>
    /// <param name="generated">Features of generated samples, float tensor of shape [M, d], M ≥ 2.</param>
    /// <param name="training">Features of training samples, shape [n, d], n ≥ 2: all, or a random part. Copies of others aren't found.</param>
    /// <param name="heldOut">Features of as many samples of the same distribution that weren't trained on, shape [n, d].</param>
    /// <returns>The share, from 0 to 1, with a 95% interval by Wilson's formula.</returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few or not equally many, or hold NaN or infinity.</exception>
    public static Estimate Measure(Tensor generated, Tensor training, Tensor heldOut)
    {
        FeatureCheck.ThrowIfUnusable(generated, nameof(generated), fewest: 2);
        FeatureCheck.ThrowIfUnusable(training, nameof(training), fewest: 2);
        FeatureCheck.ThrowIfUnusable(heldOut, nameof(heldOut), fewest: 2);
        if (training.shape[1] != generated.shape[1])
            throw new ArgumentException($"training must have as many features as generated, {generated.shape[1]}, but has {training.shape[1]}.", nameof(training));
        if (!heldOut.shape.SequenceEqual(training.shape))
            throw new ArgumentException($"heldOut must have as many samples and features as training, {Tensors.Shape.Format(training.shape)}, or a half isn't what is expected, but has {Tensors.Shape.Format(heldOut.shape)}.", nameof(heldOut));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (toTraining, toHeldOut) = (NeighborSearch.Find(generated, [training], 1), NeighborSearch.Find(generated, [heldOut], 1));
        var (near, far) = (toTraining.Distances.squeeze(1), toHeldOut.Distances.squeeze(1));
        var (count, real) = (generated.shape[0], training.shape[0]);
        var share = (near.lt(far).to(ScalarType.Float64) + 0.5 * near.eq(far).to(ScalarType.Float64)).mean().item<double>();
        var nearest = where(near.le(far), toTraining.Indexes.squeeze(1), toHeldOut.Indexes.squeeze(1) + real);
        var effective = Effective(nearest.bincount(null, minlength: 2 * real).to(ScalarType.Float64), count);
        const double FewestDegreesOfFreedom = 3;
        var widening = StudentQuantile.Of(Math.Max(effective - 1, FewestDegreesOfFreedom)) / Estimate.NormalQuantile;
        return Proportion.Wilson(share, effective / (widening * widening), count);
    }

    /// <summary>How many independent samples would know the share as well.</summary>
    /// <param name="clusters">How many generated samples each real one is the nearest of.</param>
    /// <param name="count">Generated samples.</param>
    private static double Effective(Tensor clusters, long count)
    {
        double real = clusters.shape[0], squared = (double)count * count;
        var excess = clusters.square().sum().item<double>() - squared / real;
        return excess > 0 ? Math.Min(count, squared / excess * (real - 1) / real) : count;
    }
}
