using GanSharp.Schedules;

namespace GanSharp.Objectives;

/// <summary>
/// Top-k training (Sinha et al. 2020): G learns only from its k samples that D takes for real most, so that the worst ones don't pull it in wrong directions. D's step is the game's,
/// and so is what its logit means.
/// </summary>
/// <remarks>The paper lets k fall from the batch size to half or three quarters of it, since D's order means little at first. With <c>MicroBatches</c> the choice is made in each part.</remarks>
public sealed class TopK : ObjectiveWrapper
{
    /// <summary>Creates the objective.</summary>
    /// <param name="game">The game.</param>
    /// <param name="fraction">k over the batch size, above 0 and at most 1: a number, or a schedule such as <c>Schedule.Linear(1, 0.5, 10_000)</c>. k is rounded up.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> isn't above 0 and at most 1 everywhere.</exception>
    public TopK(GanObjective game, Schedule fraction)
        : base(game)
    {
        ArgumentNullException.ThrowIfNull(fraction);
        if (!fraction.All(value => value is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction.ToString(), "fraction must be above 0 and at most 1.");
        Fraction = fraction;
    }

    /// <summary>k over the batch size.</summary>
    public Schedule Fraction { get; }

    /// <summary>The mean of the game's losses over the k samples with the highest logits, once for each sample. A term that has no value for each logit stays as it is.</summary>
    /// <inheritdoc/>
    public override LossTerms GeneratorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var terms = Game.GeneratorLoss(context);
        var count = context.Fake.Logits.shape[0];
        // A product such as 0.28 · 25 may be a rounding error above the whole number that it means.
        const double Rounding = 1e-9;
        var k = (int)Math.Ceiling(Fraction.At(context.Step) * count - Rounding);
        if (k >= count)
            return terms;
        var best = context.Fake.Logits.detach().topk(k).indexes;
        var chosen = new LossTerms();
        foreach (var (name, losses) in terms)
            chosen[name] = losses.dim() == 1 && losses.shape[0] == count ? losses.index_select(0, best).mean().expand(count) : losses;
        return chosen;
    }
}
