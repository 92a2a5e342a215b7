using GanSharp.Networks;
using GanSharp.Networks.Classic;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Benchmarks.Published;

/// <summary>PacGAN's generator of points: four hidden layers with batch norm. 100 units, of the paper's 400.</summary>
internal sealed class NormalizedPointGenerator : GeneratorNetwork
{
    private const int Width = 100, Layers = 4;
    private readonly Sequential body;

    public NormalizedPointGenerator()
        : base(nameof(NormalizedPointGenerator), LatentPrior.Normal(2))
    {
        body = Sequential(
        [
            .. Enumerable.Range(0, Layers).SelectMany(layer => new (string, Module<Tensor, Tensor>)[]
            {
                ($"linear{layer}", Linear(layer == 0 ? Prior.Size : Width, Width)), ($"norm{layer}", BatchNorm1d(Width)), ($"relu{layer}", ReLU()),
            }),
            ("output", Linear(Width, 2)),
        ]);
        RegisterComponents();
        PointNetworks.StartSmall(this);
    }

    public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);

    public override GeneratorNetwork CloneArchitecture() => new NormalizedPointGenerator();
}

/// <summary>PacGAN's discriminator of packs of points: three maxout layers of five pieces. 50 units, of the paper's 200.</summary>
internal sealed class MaxoutPointDiscriminator : DiscriminatorNetwork
{
    private const int Width = 50, Layers = 3;
    private readonly Sequential body;

    public MaxoutPointDiscriminator(int packing)
        : base(nameof(MaxoutPointDiscriminator))
    {
        body = Sequential(
        [
            .. Enumerable.Range(0, Layers).Select(layer => ($"maxout{layer}", (Module<Tensor, Tensor>)new Maxout(layer == 0 ? 2 * packing : Width, Width))),
            ("output", Linear(Width, 1)),
        ]);
        RegisterComponents();
        PointNetworks.StartSmall(this);
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
}

internal static class PointNetworks
{
    // 0.02 in the paper, where layers are four times as wide: the same gain.
    private const double StandardDeviation = 0.04;

    /// <summary>Linear layers as the paper's code starts them; norms keep their scale of 1.</summary>
    public static void StartSmall(Module network)
    {
        foreach (var linear in network.modules().OfType<Linear>())
        {
            _ = init.normal_(linear.weight, 0, StandardDeviation);
            _ = init.zeros_(linear.bias!);
        }
    }
}
