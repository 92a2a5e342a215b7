using BenchmarkDotNet.Attributes;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Networks;

namespace GanSharp.Benchmarks.Micro;

/// <summary>1,000 samples of G, and D's logits of them.</summary>
public class SamplingBenchmarks
{
    private const int Samples = 1_000;
    private GeneratorNetwork generator = null!;
    private DiscriminatorNetwork discriminator = null!;

    [Params("toy", "MLP 64", "DCGAN 28")]
    public string Network { get; set; } = "";

    [GlobalSetup]
    public void SetUp() => (generator, discriminator) = (Workload.Named(Network).Generator(), Workload.Named(Network).Discriminator());

    [Benchmark(Baseline = true)]
    public void Sample() => generator.Sample(Samples).Dispose();

    [Benchmark]
    public void SampleAndJudge()
    {
        using var samples = generator.Sample(Samples);
        discriminator.Logits(samples).Dispose();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        generator.Dispose();
        discriminator.Dispose();
    }
}
