using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.FaultWorker;

/// <summary>A generator with running statistics, which are no parameters.</summary>
internal sealed class NoisyGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    public NoisyGenerator(int width)
        : base(nameof(NoisyGenerator), LatentPrior.Normal(4))
    {
        Width = width;
        body = Sequential(Linear(4, width), BatchNorm1d(width), ReLU(), Linear(width, width), ReLU(), Linear(width, 2));
        RegisterComponents();
    }

    public long Width { get; }

    public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
}
