using GanSharp.Communication;

namespace GanSharp.Objectives;

/// <summary>
/// Feature matching (Salimans et al. 2016): D plays its game, and G minimizes ‖E_pd[f(x)] − E_pg[f(x)]‖², the squared distance of the batches' mean features, where f is D's
/// <see cref="Networks.DiscriminatorOutput.Features"/>. The ratio is that of D's game.
/// </summary>
public sealed class FeatureMatching : ObjectiveWrapper
{
    private const string Term = "feature matching";

    /// <summary>Creates the objective.</summary>
    /// <param name="game">What D plays. Null (the default) for <see cref="GanObjective.Minimax"/>.</param>
    public FeatureMatching(GanObjective? game = null)
        : base(game ?? Minimax)
    {
    }

    /// <inheritdoc/>
    public override bool GeneratorNeedsReal => true;

    /// <summary>The squared distance of the mean features, one value for the batch.</summary>
    /// <inheritdoc/>
    public override LossTerms GeneratorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Fake.Features is not { } fake || context.Real.Features is not { } real)
            throw new InvalidOperationException($"{nameof(FeatureMatching)} compares features, but D returned none: return new {nameof(Networks.DiscriminatorOutput)}(logits, {nameof(Networks.DiscriminatorOutput.Features)}: …) from its forward");
        return new LossTerms { [Term] = AcrossRanks.Mean(fake.mean([0]) - real.mean([0])).square().sum().expand(context.Fake.Logits.shape[0]) };
    }
}
