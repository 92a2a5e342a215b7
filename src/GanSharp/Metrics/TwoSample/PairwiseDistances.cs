using static TorchSharp.torch;

namespace GanSharp.Metrics.TwoSample;

/// <summary>What the tests on pairwise distances share: the distances are computed once, and a relabeling costs a row of a matrix product.</summary>
internal static class PairwiseDistances
{
    /// <summary>The most samples of a side: two of 3,000 take 288 MB for their distances.</summary>
    public const int SampleLimit = 3_000;

    /// <summary>
    /// E k(x, x′) + E k(y, y′) − 2 E k(x, y) without the pairs of a sample with itself, which makes it an unbiased U-statistic (Gretton et al. 2012, eq. 3).
    /// </summary>
    /// <param name="pool">The samples.</param>
    /// <param name="kernel">k of each pair, shape [N, N]; its diagonal is set to 0 here.</param>
    public static TwoSampleResult KernelTest(SamplePool pool, Tensor kernel)
    {
        kernel.diagonal().zero_();
        var total = kernel.sum();
        double n = pool.RealCount, m = pool.FakeCount;
        return pool.Test(labels =>
        {
            var toReal = labels.matmul(kernel);
            var realToAll = toReal.sum(1);
            var realToReal = (toReal * labels).sum(1);
            var fakeToFake = total - 2 * realToAll + realToReal;
            return realToReal / (n * (n - 1)) + fakeToFake / (m * (m - 1)) - (realToAll - realToReal) * (2 / (n * m));
        });
    }
}
