using GanSharp.Networks;
using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Penalties.Weights;

/// <summary>
/// Historical averaging of G: λ ‖θ − (1/t) Σᵢ θᵢ‖², the squared distance of the trainable parameters from the mean of their values at all evaluations before (Salimans et al. 2016),
/// so that players who circle an equilibrium come to rest in it. It is 0 at the first evaluation.
/// </summary>
/// <param name="weight">λ, at least 0; a number or a schedule.</param>
/// <param name="everySteps">Steps between evaluations, at least 1, with the weight multiplied by as much. Default 1.</param>
/// <remarks>It keeps a float copy of G's parameters, which checkpoints hold too.</remarks>
public sealed class GeneratorHistoricalAveraging(Schedule weight, int everySteps = 1) : GeneratorPenalty, IStateful
{
    private WeightHistory? history;

    /// <summary>The weight λ.</summary>
    public Schedule Weight { get; } = PenaltyRule.Weight(weight);

    /// <inheritdoc/>
    public override int EverySteps { get; } = PenaltyRule.EverySteps(everySteps);

    /// <summary>The mean of each trainable parameter under its name and of its shape, on G's device; none before <see cref="Begin"/> or the first evaluation.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => history?.State ?? [];

    /// <summary>The evaluations so far.</summary>
    public double[] Scalars
    {
        get => history?.Scalars ?? [0];
        set => InnerState.SetScalars(history, value);
    }

    /// <inheritdoc/>
    public override void Begin(GeneratorNetwork generator, DiscriminatorNetwork discriminator) => history = new WeightHistory(generator);

    /// <summary>One value for the batch.</summary>
    /// <inheritdoc/>
    public override Tensor Evaluate(GeneratorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        history ??= new WeightHistory(pass.Generator);
        return (history.SquaredDistance(takesIn: pass.Part.Index == pass.Part.Count - 1) * Weight.At(pass.Step)).expand(pass.Samples.shape[0]);
    }
}
