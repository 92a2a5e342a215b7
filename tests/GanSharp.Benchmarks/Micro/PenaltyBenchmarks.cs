using BenchmarkDotNet.Attributes;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Networks;
using GanSharp.Penalties;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>What the penalties add to D's step: the judgement of 64 images, its gradients, and the double backward pass.</summary>
public class PenaltyBenchmarks
{
    private DiscriminatorNetwork discriminator = null!;
    private Tensor real = null!, fake = null!;

    [Params("MLP 64", "DCGAN 28")]
    public string Network { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        manual_seed(0);
        discriminator = Workload.Named(Network).Discriminator();
        (real, fake) = (rand(64, 1, 28, 28), rand(64, 1, 28, 28));
    }

    [Benchmark(Baseline = true)]
    public void NoPenalty() => Step();

    [Benchmark]
    public void RealOnly() => Step(new R1(1));

    [Benchmark]
    public void RealAndFake() => Step(new R1(1), new R2(1));

    private void Step(params DiscriminatorPenalty[] penalties)
    {
        using var scope = NewDisposeScope();
        JudgedSamples Judge(Tensor samples)
        {
            var judged = samples.detach().requires_grad_(penalties.Length > 0);
            return new JudgedSamples(judged, discriminator.call(judged, null), null);
        }
        var pass = new DiscriminatorPass(discriminator, Judge(real), Judge(fake), 0);
        var loss = Objectives.GanObjective.Minimax.DiscriminatorLoss(pass.Real.Logits, pass.Fake.Logits).mean();
        penalties.Aggregate(loss, (sum, penalty) => sum + penalty.Evaluate(pass).mean()).backward();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        discriminator.Dispose();
        real.Dispose();
        fake.Dispose();
    }
}
