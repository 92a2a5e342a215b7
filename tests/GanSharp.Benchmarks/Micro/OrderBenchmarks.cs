using BenchmarkDotNet.Attributes;
using GanSharp.Data;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>What an epoch's order costs: a shuffle of all rows once an epoch, against 512 rows computed in each batch.</summary>
public class OrderBenchmarks
{
    private FeistelPermutation order = null!;
    private long place;

    [Params(1_000_000, 10_000_000, 50_000_000)]
    public long Rows { get; set; }

    [GlobalSetup]
    public void SetUp() => order = new FeistelPermutation(Rows, key: 0);

    [Benchmark(Baseline = true)]
    public void Shuffle() => randperm(Rows).Dispose();

    [Benchmark]
    public long[] Computed()
    {
        place = (place + 512) % (Rows - 512);
        return order.Slice(place, 512);
    }
}
