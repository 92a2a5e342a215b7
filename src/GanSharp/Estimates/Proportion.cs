namespace GanSharp.Estimates;

/// <summary>A share with Wilson's interval (1927), which keeps to [0, 1] and doesn't shrink to a point at its ends, as the normal interval does.</summary>
internal static class Proportion
{
    /// <summary>A share with a variance of its own, where its terms aren't independent.</summary>
    /// <param name="share">The share that was observed.</param>
    /// <param name="variance">Its variance; 0 where it is 0 or 1, which then counts as that of independent terms.</param>
    /// <param name="count">How many samples there are.</param>
    public static Estimate Wilson(double share, VarianceEstimate variance, long count)
    {
        if (!(variance.Value > 0) || share is 0 or 1)
            return Wilson(share, count, count);
        var widening = StudentQuantile.Of(variance.DegreesOfFreedom) / Estimate.NormalQuantile;
        return Wilson(share, Math.Min(count, share * (1 - share) / (variance.Value * widening * widening)), count);
    }

    /// <param name="share">The share that was observed.</param>
    /// <param name="effectiveCount">How many samples of equal weight would know it as well.</param>
    /// <param name="count">How many there are.</param>
    public static Estimate Wilson(double share, double effectiveCount, long count)
    {
        var squared = Estimate.NormalQuantile * Estimate.NormalQuantile / effectiveCount;
        var center = (share + squared / 2) / (1 + squared);
        var half = Math.Sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared);
        // At 0 and 1 rounding may put an end on the wrong side.
        return new Estimate(share, Math.Min(share, center - half), Math.Max(share, center + half), count);
    }
}
