using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// The Fréchet distance that infinitely many samples would have (Chong and Forsyth 2020, FID∞): the distance of N samples is linear in 1/N to first order, so a line through
/// the distances of N, N/2 and N/4 samples meets 1/N = 0 there. Values of different sample counts are comparable, and equal distributions get 0 on average; a single value
/// may be negative.
/// </summary>
/// <remarks>
/// Each size uses all samples: the distance of the whole, the mean of those of both halves, the mean of those of the four quarters. Chong and Forsyth draw subsets of the
/// generated samples only and keep the real side whole; here both sides shrink together, which removes the bias of both.
/// </remarks>
public static class FrechetDistanceInfinity
{
    private const int Quarters = 4;

    /// <summary>Extrapolates the distance of features in memory.</summary>
    /// <param name="real">Features of real samples, float tensor of shape [N, d] in random order, N / 4 > d.</param>
    /// <param name="fake">Features of generated samples, shape [M, d] in random order, M / 4 > d; as many as real ones, or nearly.</param>
    /// <returns>
    /// The distance in the features' unit squared. The 95% interval is that of <see cref="FrechetDistance"/> around the extrapolated value: the line's weights sum to 1, so the
    /// part of the error that is linear in the samples is the same.
    /// </returns>
    /// <exception cref="ArgumentException">The features have another type or shape, are too few for a line, or hold NaN or infinity.</exception>
    public static Estimate Measure(Tensor real, Tensor fake)
    {
        FeatureCheck.ThrowIfUnusable(real, fake, fewest: Quarters);
        ThrowIfTooFew(real, nameof(real));
        ThrowIfTooFew(fake, nameof(fake));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var whole = FrechetDistance.Measure(real, fake);
        // Where the least-squares line through the values at 1/N, 2/N and 4/N meets 0.
        var shift = (MeanOfParts(real, fake, 2) - MeanOfParts(real, fake, Quarters)) / 2;
        return new Estimate(whole.Value + shift, whole.Lower + shift, whole.Upper + shift, whole.SampleCount);
    }

    private static double MeanOfParts(Tensor real, Tensor fake, int parts)
    {
        // Ends of quarters, so that the halves hold the same samples.
        static Tensor Part(Tensor samples, int part, int parts)
        {
            long End(int quarter) => (quarter * samples.shape[0] + Quarters - 1) / Quarters;
            var (start, end) = (End(part * Quarters / parts), End((part + 1) * Quarters / parts));
            return samples.narrow(0, start, end - start);
        }
        return Enumerable.Range(0, parts).Average(part =>
        {
            using var first = new FeatureMoments();
            using var second = new FeatureMoments();
            first.Add(Part(real, part, parts));
            second.Add(Part(fake, part, parts));
            return FrechetDistance.Between(first, second);
        });
    }

    /// <summary>Fewer samples than features leave the covariance of a quarter without full rank, where the distance is not linear in 1/N.</summary>
    private static void ThrowIfTooFew(Tensor features, string name)
    {
        var (samples, size) = (features.shape[0], features.shape[1]);
        if (samples / Quarters <= size)
            throw new ArgumentException($"{name} must have more than {Quarters} times as many samples as features, {Quarters} × {size}, for a line through the distances of its parts, but has {samples}. Take more samples, or features of fewer values.", name);
    }
}
