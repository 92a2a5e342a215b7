using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>Fully connected layers of the given sizes, ReLU between them and, for images, tanh at the end.</summary>
internal sealed class LayeredGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly long[] sampleShape;

    public LayeredGenerator(int[] sizes, long[] sampleShape, bool squash)
        : base(nameof(LayeredGenerator), LatentPrior.Normal(sizes[0]))
    {
        this.sampleShape = sampleShape;
        var layers = Layers(sizes, () => ReLU());
        if (squash)
            layers.Add(("squash", Tanh()));
        body = Sequential(layers);
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents).view([latents.shape[0], .. sampleShape]);

    internal static List<(string, Module<Tensor, Tensor>)> Layers(int[] sizes, Func<Module<Tensor, Tensor>> activation)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var layer = 0; layer + 1 < sizes.Length; layer++)
        {
            if (layer > 0)
                layers.Add(($"activation{layer}", activation()));
            layers.Add(($"linear{layer}", Linear(sizes[layer], sizes[layer + 1])));
        }
        return layers;
    }
}

/// <summary>Fully connected layers of the given sizes, leaky ReLU (slope 0.2) between them.</summary>
internal sealed class LayeredDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    public LayeredDiscriminator(int[] sizes)
        : base(nameof(LayeredDiscriminator))
    {
        body = Sequential(LayeredGenerator.Layers(sizes, () => LeakyReLU(0.2)));
        RegisterComponents();
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.flatten(1)).squeeze(1);
}
