using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Training;

/// <summary>Sums of what a report shows. They stay on the device and are read once a report, so that a step waits for nothing.</summary>
internal sealed class StepStatistics(Device device) : IStateful, IDisposable
{
    private readonly Tensor discriminatorSums = zeros(3, ScalarType.Float64, device).DetachFromDisposeScope();
    private readonly Tensor generatorSum = zeros(1, ScalarType.Float64, device).DetachFromDisposeScope();
    private long discriminatorSteps, generatorSteps;

    /// <summary>Whether both networks took a step since the last call of <see cref="Read"/>; without one its means are NaN.</summary>
    public bool HasSteps => discriminatorSteps > 0 && generatorSteps > 0;

    public IReadOnlyList<(string Name, Tensor Value)> State => [("discriminator", discriminatorSums), ("generator", generatorSum)];

    public double[] Scalars
    {
        get => [discriminatorSteps, generatorSteps];
        set => (discriminatorSteps, generatorSteps) = ((long)value[0], (long)value[1]);
    }

    public void AddDiscriminator(GanObjective objective, DiscriminatorPass pass, Tensor loss, IReadOnlyList<Tensor> penalties)
    {
        using var frozen = no_grad();
        var penalty = penalties.Count == 0 ? zeros_like(loss) : penalties.Aggregate((sum, next) => sum + next);
        discriminatorSums.add_(stack([loss, penalty, NegativeValue(objective, pass, loss)]));
        discriminatorSteps++;
    }

    public void AddGenerator(Tensor loss)
    {
        using var frozen = no_grad();
        generatorSum.add_(loss);
        generatorSteps++;
    }

    /// <summary>The means since the last call.</summary>
    public (double DiscriminatorLoss, double Penalty, double Value, double GeneratorLoss) Read()
    {
        using var scope = NewDisposeScope();
        var sums = discriminatorSums.to(CPU).data<double>().ToArray();
        var generator = generatorSum.item<double>();
        var result = (sums[0] / discriminatorSteps, sums[1] / discriminatorSteps, -sums[2] / discriminatorSteps, generator / generatorSteps);
        discriminatorSums.zero_();
        generatorSum.zero_();
        (discriminatorSteps, generatorSteps) = (0, 0);
        return result;
    }

    public void Dispose()
    {
        discriminatorSums.Dispose();
        generatorSum.Dispose();
    }

    private static Tensor NegativeValue(GanObjective objective, DiscriminatorPass pass, Tensor loss)
    {
        if (objective.Ratio != RatioKind.Exact)
            return full_like(loss, double.NaN);
        // Minimax and non-saturating minimise −V(D) itself.
        if (objective is Minimax or NonSaturating)
            return loss;
        var (real, fake) = (objective.LogDensityRatio(pass.Real.Logits)!, objective.LogDensityRatio(pass.Fake.Logits)!);
        return softplus(-real).mean() + softplus(fake).mean();
    }
}
