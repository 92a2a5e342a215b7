using BenchmarkDotNet.Attributes;
using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>Each diagnostic on the logits of 10,000 samples a side.</summary>
public class DiagnosticsBenchmarks
{
    private const int Samples = 10_000;
    private Tensor real = null!, fake = null!;

    [GlobalSetup]
    public void SetUp()
    {
        manual_seed(0);
        // Logits of D* between N(0, 1) and N(1, 1).
        real = 0.5 - randn(Samples);
        fake = -0.5 - randn(Samples);
    }

    [Benchmark(Baseline = true)]
    public Estimate Bound() => JensenShannon.Bound(real, fake);

    [Benchmark]
    public Estimate BoundByBootstrap() => JensenShannon.Bound(real, fake, interval: IntervalMethod.Bootstrap);

    [Benchmark]
    public RatioConsistency Consistency() => RatioConsistency.Measure(real, fake);

    [Benchmark]
    public CalibrationReport Reliability() => CalibrationReport.Measure(real, fake);

    [Benchmark]
    public PlattScaling PlattFit() => PlattScaling.Fit(real, fake);

    [GlobalCleanup]
    public void CleanUp()
    {
        real.Dispose();
        fake.Dispose();
    }
}
