using GanSharp.Communication;
using GanSharp.Penalties;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.FaultWorker;

/// <summary>A penalty with state of its own: it keeps D's mean logit, over all ranks, near where it has been, more so the longer it ran.</summary>
/// <param name="duringStep">Told the number of steps done, in the middle of the next one.</param>
internal sealed class DriftPenalty(Action<long>? duringStep = null) : DiscriminatorPenalty, IStateful
{
    private readonly Tensor mean = zeros(1).DetachFromDisposeScope();
    private long calls;

    public IReadOnlyList<(string Name, Tensor Value)> State => [("mean", mean)];

    public double[] Scalars
    {
        get => [calls];
        set => calls = (long)value[0];
    }

    public override Tensor Evaluate(DiscriminatorPass pass)
    {
        duringStep?.Invoke(pass.Step);
        calls++;
        var penalty = (pass.Real.Logits - mean).square() * (1e-3 * calls / (calls + 10));
        using var frozen = no_grad();
        mean.lerp_(AcrossRanks.Mean(pass.Real.Logits.mean().unsqueeze(0)), 0.1);
        return penalty;
    }
}
