using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Contracts;

/// <summary>PacGAN (Lin et al. 2018): one logit for several samples, so that a generator that repeats itself gives itself away.</summary>
public sealed class PackedDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly int packing;

    public PackedDiscriminator(int inputSize, int packing, int width)
        : base(nameof(PackedDiscriminator))
    {
        this.packing = packing;
        body = Sequential(Linear(inputSize * packing, width), LeakyReLU(0.2), Linear(width, 1));
        RegisterComponents();
    }

    public override int SamplesPerLogit => packing;

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.reshape(samples.shape[0] / packing, -1)).squeeze(1);
}
