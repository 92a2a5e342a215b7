using BenchmarkDotNet.Attributes;
using GanSharp.Data;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>The draw of a batch of 64 images of 28 × 28, as bytes and as floats, from 10,000.</summary>
public class DataBenchmarks
{
    private const int BatchSize = 64, Rows = 10_000;
    private InMemoryDataset bytes = null!, floats = null!;
    private long position;

    [GlobalSetup]
    public void SetUp()
    {
        manual_seed(0);
        bytes = new InMemoryDataset(randint(0, 256, [Rows, 1, 28, 28], ScalarType.Byte));
        floats = new InMemoryDataset(rand(Rows, 1, 28, 28));
    }

    [Benchmark(Baseline = true)]
    public void Bytes() => Draw(bytes);

    [Benchmark]
    public void Floats() => Draw(floats);

    private void Draw(InMemoryDataset data)
    {
        using var scope = NewDisposeScope();
        data.Draw(0, position, BatchSize);
        position = (position + BatchSize) % (Rows - BatchSize);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        bytes.Dispose();
        floats.Dispose();
    }
}
