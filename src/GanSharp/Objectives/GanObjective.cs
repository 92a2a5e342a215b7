using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// A GAN's game: what D and G minimize, as named losses, and what the logit means at the optimum. An objective that uses only logits is a
/// <see cref="LogitObjective"/>; derive from this class to use class logits, features, labels or latents.
/// </summary>
public abstract class GanObjective : IDensityRatio
{
    /// <summary>The original GAN game (Goodfellow et al. 2014), eqs. 20 and 21: the default.</summary>
    public static LogitObjective Minimax { get; } = new Minimax();

    /// <summary>Minimax with the generator loss −ln D(G(z)), whose gradient doesn't vanish where D wins (Goodfellow et al. 2014).</summary>
    public static LogitObjective NonSaturating { get; } = new NonSaturating();

    /// <summary>Squared errors with targets 0 and 1 (Mao et al. 2017).</summary>
    public static LogitObjective LeastSquares { get; } = new LeastSquares();

    /// <summary>Margins of 1 on either side (Lim and Ye 2017); no density ratio.</summary>
    public static LogitObjective Hinge { get; } = new Hinge();

    /// <summary>A critic that estimates the earth mover's distance (Arjovsky et al. 2017); needs a Lipschitz constraint (<see cref="RequiresLipschitz"/>), no density ratio.</summary>
    public static LogitObjective Wasserstein { get; } = new Wasserstein();

    /// <summary>Real and generated samples judged in pairs (Jolicoeur-Martineau 2019), the objective of R3GAN.</summary>
    public static LogitObjective RelativisticPaired { get; } = new RelativisticPaired();

    /// <summary>What the discriminator minimizes.</summary>
    /// <param name="context">D's outputs for real and generated samples, and labels, latents and step.</param>
    /// <returns>Named losses; a plain tensor of shape [N] converts to one term. The trainer adds up the means of all terms.</returns>
    public abstract LossTerms DiscriminatorLoss(ObjectiveContext context);

    /// <summary>What the generator minimizes.</summary>
    /// <param name="context">D's outputs for generated samples, with gradient to G, and for real ones if <see cref="GeneratorNeedsReal"/> is true.</param>
    /// <returns>Named losses, as for D.</returns>
    public abstract LossTerms GeneratorLoss(ObjectiveContext context);

    /// <summary>Whether <see cref="GeneratorLoss"/> uses D's output for real samples. Default false, which saves a pass of D.</summary>
    public virtual bool GeneratorNeedsReal => false;

    /// <summary>
    /// Whether the game has no solution unless D is Lipschitz: a trainer then warns where neither a penalty of D, nor a limit of its weights, nor a module of it
    /// (<see cref="Networks.Normalization.ILipschitzConstraint"/>) bounds its slope. Default false.
    /// </summary>
    public virtual bool RequiresLipschitz => false;

    /// <summary>What the optimal logit tells about ln p_d/p_g. Default <see cref="RatioKind.None"/>: an objective must declare its ratio explicitly.</summary>
    public virtual RatioKind Ratio => RatioKind.None;

    /// <summary>
    /// Why the logit provides no density ratio, as the end of a sentence that begins "no divergence can be read from this logit, because"; null where it provides one.
    /// </summary>
    public virtual string? RatioRefusal => Ratio == RatioKind.None ? "the objective makes no claim that its optimal logit is ln p_d/p_g" : null;

    /// <summary>ln p_d/p_g according to the logits, or null where they don't provide it (<see cref="RatioKind.None"/>). Default: the logit itself.</summary>
    /// <param name="logits">The discriminator's outputs, shape [N].</param>
    /// <returns>Tensor of shape [N], in nats; null where the logits provide no ratio.</returns>
    public virtual Tensor? LogDensityRatio(Tensor logits) => Ratio == RatioKind.None ? null : logits;

    /// <summary>The objective's name.</summary>
    public override string ToString() => GetType().Name;
}
