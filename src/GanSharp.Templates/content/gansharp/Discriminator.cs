using GanSharp.Networks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanProject;

/// <summary>Judges color images: halves them until 4 × 4 features are left, and weighs those.</summary>
internal sealed class Discriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body, head;

    public Discriminator(int size, int width = 32)
        : base(nameof(Discriminator))
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        var channels = 3;
        for (var side = size; side > 4; side /= 2)
        {
            var next = channels == 3 ? width : channels * 2;
            layers.Add(($"down{side}", Conv2d(channels, next, 4, stride: 2, padding: 1)));
            layers.Add(($"relu{side}", LeakyReLU(0.2)));
            channels = next;
        }
        body = Sequential(layers);
        head = Linear(channels * 4 * 4, 1);
        RegisterComponents();                                  // always the constructor's last line
    }

    // One logit for each sample, shape [N]: no sigmoid at the end.
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) =>
        head.call(body.call(samples).flatten(1)).squeeze(1);
}
