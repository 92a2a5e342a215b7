using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Fidelity;

/// <summary>
/// exp(E KL(p(y | x) ‖ p(y))) over generated samples, by any classifier (Salimans et al. 2016): high where it is sure of each sample, and all classes appear. From 1 to the number of
/// classes. With Inception-v3 it is the Inception score; with any other classifier it isn't, and can't be compared with published values.
/// </summary>
/// <remarks>
/// It never looks at real samples: one perfect image of each class gets the highest score. So read it beside the score of real samples, and more than theirs isn't better.
/// It is biased down, by some (classes − 1) / 2N of its value with N samples of a split, because the classes' shares are those of the samples.
/// </remarks>
public static class ClassifierScore
{
    /// <summary>Splits of the paper.</summary>
    public const int DefaultSplits = 10;

    internal const int FewestSplits = 4;
    private const double SumTolerance = 1e-3;

    /// <summary>The mean of the splits' scores.</summary>
    /// <param name="probabilities">p(y | x) of each sample, float tensor of shape [N, classes], rows that sum to 1, in random order.</param>
    /// <param name="splits">Parts of consecutive samples that are scored apart, at least 4. Default 10, as in the paper.</param>
    /// <returns>The mean score with a 95% interval by Student's t distribution: the splits are independent. It holds the score that samples of a split's count get on average.</returns>
    /// <exception cref="ArgumentException">They are no probabilities, or there are fewer than 2 samples for each split.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="splits"/> is below 4.</exception>
    public static Estimate Measure(Tensor probabilities, int splits = DefaultSplits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, FewestSplits);
        FeatureCheck.ThrowIfUnusable(probabilities, nameof(probabilities), fewest: 2L * splits);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var all = probabilities.detach().cpu().to(ScalarType.Float64);
        ThrowIfNotProbabilities(all);
        var count = all.shape[0];
        var scores = new double[splits];
        for (var split = 0; split < splits; split++)
        {
            var (start, end) = (count * split / splits, count * (split + 1) / splits);
            var part = all.narrow(0, start, end - start);
            var classes = part.mean([0]);
            // KL(p ‖ q) averaged over p with mean q is H(q) less the mean of H(p).
            scores[split] = Math.Exp((Information(part) / part.shape[0] - Information(classes)).item<double>());
        }
        var estimate = new WeightedMeans(0, (1, tensor(scores))).Normal();
        var half = (estimate.Upper - estimate.Value) * StudentQuantile.Of(splits - 1) / Estimate.NormalQuantile;
        return new Estimate(estimate.Value, estimate.Value - half, estimate.Value + half, count);
    }

    /// <summary>Σ p ln p, where 0 ln 0 = 0.</summary>
    private static Tensor Information(Tensor probabilities) => (probabilities * probabilities.clamp_min(double.Epsilon).log()).sum();

    private static void ThrowIfNotProbabilities(Tensor probabilities)
    {
        var (least, farthest) = (probabilities.min().item<double>(), (probabilities.sum(1) - 1).abs().max().item<double>());
        if (least < 0 || farthest > SumTolerance)
            throw new ArgumentException(FormattableString.Invariant($"probabilities must be at least 0, with rows that sum to 1, but the least is {least:g3} and a row's sum is off by {farthest:g3}. Take the softmax of logits first."), nameof(probabilities));
    }
}
