using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Training;

/// <summary>
/// Sums of what a report shows. They stay on the device and are read once a report, so that a step waits for nothing;
/// what is zero, or follows from another sum, costs no operator.
/// </summary>
internal sealed class StepStatistics(Device device) : IStateful, IDisposable
{
    private readonly Tensor discriminatorSum = Sum(device), penaltySum = Sum(device), negativeValueSum = Sum(device), generatorSum = Sum(device);
    private long discriminatorSteps, generatorSteps;
    private RatioKind ratio;
    private bool valueIsLoss;

    /// <summary>Whether both networks took a step since the last call of <see cref="Read"/>; without one its means are NaN.</summary>
    public bool HasSteps => discriminatorSteps > 0 && generatorSteps > 0;

    public IReadOnlyList<(string Name, Tensor Value)> State => 
        [("discriminator", discriminatorSum), ("penalty", penaltySum), ("negative-value", negativeValueSum), ("generator", generatorSum)];

    public double[] Scalars
    {
        get => [discriminatorSteps, generatorSteps];
        set => (discriminatorSteps, generatorSteps) = ((long)value[0], (long)value[1]);
    }

    public void AddDiscriminator(GanObjective objective, DiscriminatorPass pass, Tensor loss, IReadOnlyList<Tensor> penalties)
    {
        using var frozen = no_grad();
        discriminatorSum.add_(loss);
        foreach (var penalty in penalties)
            penaltySum.add_(penalty);
        ratio = objective.Ratio;
        // Minimax and non-saturating minimize −V(D) itself.
        valueIsLoss = objective is Minimax or NonSaturating;
        if (ratio == RatioKind.Exact && !valueIsLoss)
        {
            var (real, fake) = (objective.LogDensityRatio(pass.Real.Logits)!, objective.LogDensityRatio(pass.Fake.Logits)!);
            negativeValueSum.add_(softplus(-real).mean() + softplus(fake).mean());
        }
        discriminatorSteps++;
    }

    public void AddGenerator(Tensor loss)
    {
        using var frozen = no_grad();
        generatorSum.add_(loss);
        generatorSteps++;
    }

    /// <summary>The means since the last call; V(D) is NaN where the logits are no density ratio.</summary>
    public (double DiscriminatorLoss, double Penalty, double Value, double GeneratorLoss) Read()
    {
        using var scope = NewDisposeScope();
        var sums = stack([discriminatorSum, penaltySum, negativeValueSum, generatorSum]).to(CPU).data<double>().ToArray();
        var value = ratio != RatioKind.Exact ? double.NaN : -(valueIsLoss ? sums[0] : sums[2]) / discriminatorSteps;
        var result = (sums[0] / discriminatorSteps, sums[1] / discriminatorSteps, value, sums[3] / generatorSteps);
        foreach (var sum in new[] { discriminatorSum, penaltySum, negativeValueSum, generatorSum })
            sum.zero_();
        (discriminatorSteps, generatorSteps) = (0, 0);
        return result;
    }

    public void Dispose()
    {
        discriminatorSum.Dispose();
        penaltySum.Dispose();
        negativeValueSum.Dispose();
        generatorSum.Dispose();
    }

    private static Tensor Sum(Device device) => zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
}
