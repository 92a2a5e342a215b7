using GanSharp.Divergences;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// An objective that changes or extends another one. What isn't overridden is the other's: what its logit means, whether it needs real samples in G's step or a Lipschitz D,
/// its losses and its state.
/// </summary>
public abstract class ObjectiveWrapper : GanObjective, IStateful
{
    /// <summary>Wraps a game.</summary>
    /// <param name="game">The other objective.</param>
    protected ObjectiveWrapper(GanObjective game)
    {
        ArgumentNullException.ThrowIfNull(game);
        Game = game;
    }

    /// <summary>The other objective.</summary>
    public GanObjective Game { get; }

    /// <inheritdoc/>
    public override bool GeneratorNeedsReal => Game.GeneratorNeedsReal;

    /// <inheritdoc/>
    public override bool RequiresLipschitz => Game.RequiresLipschitz;

    /// <inheritdoc/>
    public override RatioKind Ratio => Game.Ratio;

    /// <inheritdoc/>
    public override string? RatioRefusal => Game.RatioRefusal;

    /// <inheritdoc/>
    public virtual IReadOnlyList<(string Name, Tensor Value)> State => InnerState.State(Game);

    /// <inheritdoc/>
    public virtual double[] Scalars
    {
        get => InnerState.Scalars(Game);
        set => InnerState.SetScalars(Game, value);
    }

    /// <inheritdoc/>
    public override Tensor? LogDensityRatio(Tensor logits) => Ratio == RatioKind.None ? null : Game.LogDensityRatio(logits);

    /// <inheritdoc/>
    public override LossTerms DiscriminatorLoss(ObjectiveContext context) => Game.DiscriminatorLoss(context);

    /// <inheritdoc/>
    public override LossTerms GeneratorLoss(ObjectiveContext context) => Game.GeneratorLoss(context);

    /// <summary>"TopK (Wasserstein)".</summary>
    public override string ToString() => $"{GetType().Name} ({Game})";

    /// <summary>What is wrapped by all wrappers.</summary>
    internal static GanObjective Innermost(GanObjective objective)
    {
        while (objective is ObjectiveWrapper wrapper)
            objective = wrapper.Game;
        return objective;
    }
}
