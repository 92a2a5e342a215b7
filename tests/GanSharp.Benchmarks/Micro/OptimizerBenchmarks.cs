using BenchmarkDotNet.Attributes;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Micro;

/// <summary>
/// One step of Adam on networks of several sizes, giving the gradients back included, against torch's own and against the least that any Adam
/// does: values, mean and square, each read and written once, and the gradients read.
/// </summary>
public class OptimizerBenchmarks
{
    private nn.Module network = null!;
    private FlatParameters flat = null!;
    private Optimizer own = null!;
    private torch.optim.Optimizer stock = null!;
    private (Tensor Parameter, Tensor Gradient)[] gradients = null!;
    private Tensor[] buffers = null!;
    private long step;

    /// <summary>Hidden width of three square layers: 17k, 366k, 1.5M, 2.6M and 50M parameters.</summary>
    [Params(74, 348, 698, 930, 4080)]
    public int Width { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        nn.Module Layers() => nn.Sequential(nn.Linear(Width, Width), nn.Linear(Width, Width), nn.Linear(Width, Width));
        network = Layers();
        flat = new FlatParameters(network);
        own = new AdamOptions().Create(flat);
        gradients = [.. network.parameters().Select(parameter => ((Tensor)parameter, full_like(parameter.detach(), 0.01)))];
        var other = Layers();
        foreach (var parameter in other.parameters())
            parameter.grad = zeros_like(parameter);
        stock = optim.Adam(other.parameters(), 2e-4, 0.5, 0.999);
        buffers = [.. Enumerable.Range(0, 4).Select(_ => zeros(flat.Buffers[0].shape))];
    }

    [Benchmark]
    public void Own()
    {
        foreach (var (parameter, gradient) in gradients)
            parameter.grad = gradient;
        own.Step(step++);
    }

    [Benchmark]
    public void Stock()
    {
        using var scope = NewDisposeScope();
        stock.step();
        stock.zero_grad();
    }

    [Benchmark(Baseline = true)]
    public void MemoryPass()
    {
        using var frozen = no_grad();
        foreach (var buffer in buffers[1..])
            buffer.mul_(0.5);
        buffers[0].sum().Dispose();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        own.Dispose();
        flat.Dispose();
        foreach (var tensor in buffers)
            tensor.Dispose();
    }
}
