using System.Globalization;
using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>
/// How often the nearest neighbor of a sample, itself left out, comes from the same side (Lopez-Paz and Oquab 2017; Xu et al. 2018).
/// About ½ for equal distributions; high where they differ; low where the generator repeats the real samples it is compared with.
/// </summary>
/// <param name="Test">
/// The share of all samples whose nearest neighbor shares their side, and its two-sided p-value by permutation:
/// neighbors are often mutual, so that the binomial interval is too narrow.
/// </param>
/// <param name="RealAccuracy">That share among the real samples. Lower than <paramref name="FakeAccuracy"/> where every mode is hit but the generator is spread too thin.</param>
/// <param name="FakeAccuracy">That share among the generated samples. The higher of the two where the generator crowds a few modes.</param>
public readonly record struct NearestNeighborTest(TwoSampleResult Test, double RealAccuracy, double FakeAccuracy)
{
    /// <summary>Finds every sample's nearest neighbor in Euclidean distance; ties are broken at random.</summary>
    /// <param name="real">Real samples, float tensor of shape [N, …]; every sample is flattened. N from 2 to 3,000 after subsampling.</param>
    /// <param name="fake">Generated samples, float tensor of shape [M, …] with samples of the same shape; as many as real ones, or chance isn't ½.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The shares, from 0 to 1, with a two-sided p-value by permutation.</returns>
    /// <exception cref="ArgumentException">The samples can't be compared, or an option is invalid.</exception>
    public static NearestNeighborTest Measure(Tensor real, Tensor fake, TwoSampleOptions? options = null)
    {
        using var scope = NewDisposeScope();
        var pool = SamplePool.Create(real, fake, options, PairwiseDistances.SampleLimit);
        var distances = cdist(pool.Points, pool.Points);
        distances.diagonal().fill_(double.PositiveInfinity);
        var nearest = distances.argmin(1);
        Tensor Agreement(Tensor labels) => labels.index_select(1, nearest).eq(labels).to(ScalarType.Float64);
        var agreement = Agreement(pool.Labels);
        double Accuracy(Tensor side, int count) => (agreement * side).sum().item<double>() / count;
        return new NearestNeighborTest(
            pool.Test(labels => Agreement(labels).mean([1]), twoSided: true),
            Accuracy(pool.Labels, pool.RealCount),
            Accuracy(1 - pool.Labels, pool.FakeCount));
    }

    /// <summary>"0.5120 (real 0.5040, generated 0.5200), p = 0.41".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Test.Statistic:0.0000} (real {RealAccuracy:0.0000}, generated {FakeAccuracy:0.0000}), p = {Test.PValue:0.000#}");
}
