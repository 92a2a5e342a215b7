using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

/// <summary>A generator that can't copy itself and, where asked, draws noise from torch's global generator whenever it runs.</summary>
internal sealed class NoisyImages : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;
    private readonly double noise, scale;

    public NoisyImages(double noise = 0.1, int width = 8, double scale = 1)
        : base(nameof(NoisyImages), LatentPrior.Normal(4))
    {
        (this.noise, this.scale) = (noise, scale);
        body = Sequential(("in", Linear(4, width)), ("norm", BatchNorm1d(width)), ("out", Linear(width, 64)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        var samples = body.call(latents) * scale;
        return (noise > 0 ? samples + noise * randn_like(samples) : samples).view(-1, 1, 8, 8);
    }
}
