using BenchmarkDotNet.Attributes;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Networks;
using GanSharp.Players;
using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Benchmarks.Micro;

/// <summary>Forward and backward pass of DCGAN's two networks with channels first or last in memory; a convolution keeps the layout of its input.</summary>
public class LayoutBenchmarks
{
    private GeneratorNetwork generator = null!;
    private DiscriminatorNetwork discriminator = null!;
    private Tensor images = null!, latents = null!;

    [Params("DCGAN 28", "DCGAN 32")]
    public string Network { get; set; } = "";

    [Params(false, true)]
    public bool ChannelsLast { get; set; }

    [Params(Precision.Float32, Precision.BFloat16)]
    public Precision Precision { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.Named(Network);
        (generator, discriminator) = (workload.Generator(), workload.Discriminator());
        latents = generator.Prior.Sample(workload.BatchSize);
        using var data = workload.Data();
        using var batch = data.Draw(0, 0, workload.BatchSize).Samples;
        images = InLayout(batch);
        using var frozen = no_grad();
        foreach (var weight in generator.parameters().Concat(discriminator.parameters()).Where(parameter => parameter.dim() == 4))
            weight.set_(InLayout(weight));
        if (Precision == Precision.Float32)
            return;
        (latents, images) = (latents.to(ScalarType.BFloat16), images.to(ScalarType.BFloat16));
        foreach (var weight in Layers().SelectMany(layer => layer.parameters(recurse: false)))
            TensorData.Replace(weight, weight.detach().to(ScalarType.BFloat16));
    }

    [Benchmark]
    public void Generator()
    {
        using var scope = NewDisposeScope();
        generator.call(latents, null).to(ScalarType.Float32).sum().backward();
    }

    [Benchmark]
    public void Discriminator()
    {
        using var scope = NewDisposeScope();
        discriminator.call(images.detach().requires_grad_(true), null).Logits.to(ScalarType.Float32).sum().backward();
    }

    // Norms keep float32, as in mixed precision.
    private IEnumerable<Module> Layers() => generator.modules().Concat(discriminator.modules()).Where(module => module is not NormBase);

    // TorchSharp doesn't wrap memory formats; strides say the same.
    private Tensor InLayout(Tensor tensor) => ChannelsLast ? tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : tensor.clone();

    [GlobalCleanup]
    public void CleanUp()
    {
        generator.Dispose();
        discriminator.Dispose();
        images.Dispose();
        latents.Dispose();
    }
}
