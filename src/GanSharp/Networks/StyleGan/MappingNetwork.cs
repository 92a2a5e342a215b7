using GanSharp.Communication;
using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>From z, whose length is taken away, and the class to the style w; keeps the mean of w.</summary>
internal sealed class MappingNetwork : Module<Tensor, Tensor?, Tensor>
{
    private const double RateMultiplier = 0.01, MeanDecay = 0.998;
    private readonly Embedding? embedding;
    private readonly Module<Tensor, Tensor> layers;

    public MappingNetwork(int latentSize, int layers, int? classes)
        : base(nameof(MappingNetwork))
    {
        // Rows start as N(0, 1), torch's own.
        embedding = classes is { } count ? Embedding(count, latentSize) : null;
        this.layers = Sequential(Enumerable.Range(0, layers).SelectMany(layer => new (string, Module<Tensor, Tensor>)[]
        {
            ($"linear{layer}", new EqualizedLinear(layer == 0 && embedding is not null ? 2 * latentSize : latentSize, latentSize, rateMultiplier: RateMultiplier)),
            ($"activation{layer}", new Activation()),
        }));
        RegisterComponents();
        register_buffer("mean", zeros(latentSize).DetachFromDisposeScope());
    }

    /// <summary>w̄, the mean of w as training moved it.</summary>
    public Tensor Mean => get_buffer("mean")!;

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        var normalized = Equalized.Normalize(latents);
        var styles = layers.call(embedding is null ? normalized : cat([normalized, Equalized.Normalize(ClassVectors.LookUp(embedding, labels))], 1));
        if (training)
        {
            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            // In place, so that it stays the buffer that checkpoints and averages know.
            Mean.lerp_(AcrossRanks.Mean(styles.detach().to(Mean.dtype).mean([0])), 1 - MeanDecay);
        }
        return styles;
    }
}
