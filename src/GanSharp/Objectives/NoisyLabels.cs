using GanSharp.Divergences;
using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// Noisy labels: in D's step each pair of a real and a generated sample changes its labels with a probability p, which keeps D from being sure of what it has seen before
/// (Salimans et al. 2016 smooth labels for the same reason). G's step is the game's. What D learns to tell apart are then the mixtures (1 − p) p_d + p p_g and (1 − p) p_g + p p_d.
/// </summary>
public sealed class NoisyLabels : ObjectiveWrapper
{
    /// <summary>Creates the objective.</summary>
    /// <param name="game">The game.</param>
    /// <param name="probability">p, at least 0 and below ½, a number or a schedule. Default 0.05.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> isn't at least 0 and below 0.5 everywhere.</exception>
    public NoisyLabels(GanObjective game, Schedule? probability = null)
        : base(game)
    {
        probability ??= 0.05;
        if (!probability.All(value => value is >= 0 and < 0.5))
            throw new ArgumentOutOfRangeException(nameof(probability), probability.ToString(), "probability must be at least 0 and below 0.5.");
        Probability = probability;
    }

    /// <summary>p, the probability with which a pair changes its labels.</summary>
    public Schedule Probability { get; }

    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.None;

    /// <inheritdoc/>
    public override string? RatioRefusal => "with noisy labels the optimal logit is no longer ln p_d/p_g";

    /// <summary>The game's loss, where the logits of some pairs have changed places.</summary>
    /// <inheritdoc/>
    public override LossTerms DiscriminatorLoss(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (real, fake) = (context.Real.Logits, context.Fake.Logits);
        var isSwapped = rand(real.shape, ScalarType.Float32, real.device, generator: context.Random).lt(Probability.At(context.Step));
        using var changed = context.With(context.Real with { Logits = where(isSwapped, fake, real) }, context.Fake with { Logits = where(isSwapped, real, fake) });
        return Game.DiscriminatorLoss(changed);
    }
}
