using GanSharp.Networks;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>l(x) = ψ x.</summary>
internal sealed class DiracDiscriminator : DiscriminatorNetwork
{
    private readonly Parameter slope;

    public DiracDiscriminator(double slope)
        : base(nameof(DiracDiscriminator))
    {
        using var scope = NewDisposeScope();
        this.slope = new Parameter(tensor(new[] { slope }));
        this.slope.DetachFromDisposeScope();
        RegisterComponents();
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => (slope * samples).squeeze(1);
}
