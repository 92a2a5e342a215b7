using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.FaultWorker;

/// <summary>A discriminator that draws from torch's global generator: it mirrors and shakes its input (augmentation) and drops units out.</summary>
internal sealed class NoisyDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    public NoisyDiscriminator(int width)
        : base(nameof(NoisyDiscriminator))
    {
        body = Sequential(Linear(2, width), LeakyReLU(0.2), Dropout(0.2), Linear(width, width), LeakyReLU(0.2), Dropout(0.2), Linear(width, 1));
        RegisterComponents();
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) =>
        body.call(training ? samples * (rand(samples.shape[0], 1) < 0.5).to(ScalarType.Float32).mul_(2).sub_(1) + 0.05 * randn_like(samples) : samples).squeeze(1);
}
