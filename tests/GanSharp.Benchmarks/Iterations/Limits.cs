using System.Text.Json;
using GanSharp.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>
/// What this machine could do at best with libtorch's own kernels: the time of the matrix products and convolutions that one iteration can't do
/// without, each alone and with its data at hand, and the rate of the fastest large matrix product.
/// </summary>
/// <param name="Milliseconds">Sum over the kernels of one iteration.</param>
/// <param name="Gigaflops">Floating-point operations of those kernels, in 10⁹.</param>
/// <param name="RoofGigaflopsPerSecond">The fastest large matrix product.</param>
internal sealed record Limits(Duration Milliseconds, double Gigaflops, double RoofGigaflopsPerSecond)
{
    private const double KernelSeconds = 0.1, RoofSeconds = 0.3;
    private static readonly int[] RoofSizes = [512, 1_024, 2_048];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>
    /// The least work of an iteration: G once, D on both halves and their gradients, then D on the fakes, its gradient to the images, and G's.
    /// Gradients that nobody uses (D's weights in G's step, the first layer's input) aren't in it.
    /// </summary>
    public static Limits Measure(ComputeTuning? tuning, Workload workload, ScalarType type, bool processorTime)
    {
        // What the first trainer would do unasked.
        (tuning ?? new ComputeTuning()).Apply();
        using var generator = workload.Generator();
        using var discriminator = workload.Discriminator();
        using var latents = generator.Prior.Sample(workload.BatchSize);
        using var fake = generator.call(latents, null);
        using var both = cat([fake, fake]).detach();
        var generatorLayers = Layers(generator, () => generator.call(latents, null));
        var kernels = generatorLayers
            .Concat(Layers(discriminator, () => discriminator.call(both, null).Logits))
            .Select(layer => (layer, Uses: (Forward: true, Weights: true, Input: !layer.IsFirst)))
            .Concat(Layers(discriminator, () => discriminator.call(fake, null).Logits).Select(layer => (layer, Uses: (Forward: true, Weights: false, Input: true))));
        var (milliseconds, operations) = (new Duration(0, 0), 0.0);
        foreach (var (layer, uses) in kernels)
        {
            var (time, work) = layer.Measure(type, uses.Forward, uses.Weights, uses.Input, KernelSeconds);
            milliseconds += time;
            operations += work;
        }
        return new Limits(milliseconds, operations / 1e9, Roof(type, processorTime));
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static Limits Read(string line) => JsonSerializer.Deserialize<Limits>(line, Json) ?? throw new InvalidDataException($"No limits in '{line}'.");

    private static double Roof(ScalarType type, bool processorTime) => RoofSizes.Max(size =>
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(size, size).to(type), randn(size, size).to(type));
        return 2e-6 * Math.Pow(size, 3) / Timing.PerCall(RoofSeconds, calls =>
        {
            for (var call = 0; call < calls; call++)
                using (a.mm(b))
                {
                }
        }).By(processorTime);
    });

    /// <summary>The layers that a pass goes through, with the shapes that it gives them.</summary>
    private static List<LayerKernels> Layers(nn.Module network, Func<Tensor> pass)
    {
        var layers = new List<LayerKernels>();
        var hooks = network.named_modules().Select(named => named.module).Where(module => module is Linear or Conv2d or ConvTranspose2d)
            .Cast<nn.Module<Tensor, Tensor>>()
            .Select(module => module.register_forward_hook((_, input, output) =>
            {
                layers.Add(new LayerKernels(module, input.shape, output.shape, IsFirst: layers.Count == 0));
                return output;
            })).ToArray();
        pass().Dispose();
        foreach (var hook in hooks)
            hook.remove();
        return layers;
    }
}
