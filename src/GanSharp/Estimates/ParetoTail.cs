using static TorchSharp.torch;

namespace GanSharp.Estimates;

/// <summary>
/// How heavy the right tail of positive weights is: the shape k of the generalized Pareto distribution that fits the largest of them. Moments of an
/// order below 1/k exist, so from k = ½ on the variance is infinite, and from k = 1 on the mean. The number of effective samples can't show this: it is
/// computed from the very samples that miss the tail.
/// </summary>
/// <remarks>
/// Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72): tail size, prior and limits;
/// Zhang and Stephens (2009), Technometrics 51: the fit.
/// </remarks>
public static class ParetoTail
{
    private const double LargestReliableShape = 0.7;
    private const int FewestInTail = 5;

    // The prior counts as much as ten samples of shape ½; it stabilizes short tails (Vehtari et al. 2024, appendix G).
    private const double PriorSamples = 10, PriorShape = 0.5;

    /// <summary>k̂ of the weights e^(log weight), up to any constant factor.</summary>
    /// <param name="logWeights">ln w, any shape.</param>
    /// <returns>
    /// Below 0 for bounded weights and −∞ where the largest are all equal; +∞ where fewer than five samples are in the tail, or an infinite weight is;
    /// NaN for NaN.
    /// </returns>
    public static double Shape(Tensor logWeights)
    {
        ArgumentNullException.ThrowIfNull(logWeights);
        using var scope = NewDisposeScope();
        var samples = logWeights.numel();
        var size = TailSize(samples);
        if (size < FewestInTail)
            return double.PositiveInfinity;
        var (largest, _) = logWeights.flatten().to(ScalarType.Float64).topk((int)size + 1);
        var descending = largest.cpu().data<double>().ToArray();
        return ShapeOfTail(descending);
    }

    /// <summary>The largest k̂ at which a mean of this many weights is reliable.</summary>
    /// <param name="samples">S, at least 1.</param>
    /// <returns>min(1 − 1 / log₁₀ S, 0.7) for S samples; −∞ for one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is below 1.</exception>
    public static double LargestShape(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return Math.Min(1 - 1 / Math.Log10(samples), LargestReliableShape);
    }

    /// <summary>The standard error of k̂ for this many weights, (1 + k) / √(tail size), which is that of the maximum likelihood estimate.</summary>
    internal static double StandardError(double shape, long samples) => (1 + Math.Max(shape, 0)) / Math.Sqrt(TailSize(samples));

    /// <summary>min(S / 5, 3 √S), rounded up.</summary>
    private static long TailSize(long samples) => (long)Math.Ceiling(Math.Min(samples / 5.0, 3 * Math.Sqrt(samples)));

    /// <param name="descending">The largest log weights, followed by the threshold that they exceed.</param>
    private static double ShapeOfTail(double[] descending)
    {
        var (maximum, cutoff) = (descending[0], descending[^1]);
        if (double.IsNaN(maximum) || double.IsNegativeInfinity(maximum))
            return double.NaN;
        if (double.IsPositiveInfinity(maximum))
            return double.PositiveInfinity;
        if (descending[0] == descending[^2])
            return double.NegativeInfinity;
        var excesses = new double[descending.Length - 1];
        for (var index = 0; index < excesses.Length; index++)
        {
            var logWeight = descending[^(index + 2)];
            excesses[index] = logWeight == cutoff ? 0 : Math.Exp(logWeight - maximum) * -double.ExpM1(cutoff - logWeight);
        }
        var quartile = excesses[(int)Math.Floor(excesses.Length / 4.0 + 0.5) - 1];
        if (descending[^2] == cutoff && quartile == 0)
            quartile = excesses.First(excess => excess > 0);
        // All weights are negligible compared with the largest, which alone decides.
        const double Vanishing = 1e-300;
        return quartile < Vanishing ? double.PositiveInfinity : Fit(excesses, quartile);
    }

    /// <summary>
    /// Zhang and Stephens' estimate: the mean of θ = −k / σ over a grid, weighted by the profile likelihood, and the k that fits it best.
    /// </summary>
    private static double Fit(double[] excesses, double quartile)
    {
        const int LeastGridPoints = 30;
        const double PriorScale = 3;
        var points = LeastGridPoints + (int)Math.Sqrt(excesses.Length);
        var (thetas, logLikelihoods) = (new double[points], new double[points]);
        for (var point = 0; point < points; point++)
        {
            var theta = 1 / excesses[^1] + (1 - Math.Sqrt(points / (point + 0.5))) / (PriorScale * quartile);
            var shape = ShapeAt(theta, excesses);
            thetas[point] = theta;
            // At θ = 0 the distribution is exponential.
            logLikelihoods[point] = excesses.Length * (Math.Log(theta == 0 ? 1 / excesses.Average() : -theta / shape) - shape - 1);
        }
        var best = logLikelihoods.Max();
        double weightedSum = 0, weights = 0;
        for (var point = 0; point < points; point++)
        {
            var weight = Math.Exp(logLikelihoods[point] - best);
            weightedSum += weight * thetas[point];
            weights += weight;
        }
        return (excesses.Length * ShapeAt(weightedSum / weights, excesses) + PriorSamples * PriorShape) / (excesses.Length + PriorSamples);
    }

    private static double ShapeAt(double theta, double[] excesses) => excesses.Average(excess => double.LogP1(-theta * excess));
}
