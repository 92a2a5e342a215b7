using GanSharp.Networks;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>G(z) = θ + noise · z: a point mass at θ, blurred where noise is not 0.</summary>
internal sealed class DiracGenerator : GeneratorNetwork
{
    private readonly Parameter position;
    private readonly double noise;

    public DiracGenerator(double position, double noise = 0)
        : base(nameof(DiracGenerator), LatentPrior.Normal(1))
    {
        using var scope = NewDisposeScope();
        this.noise = noise;
        this.position = new Parameter(tensor(new[] { position }));
        this.position.DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents, Tensor? labels) => position + noise * latents;
}
