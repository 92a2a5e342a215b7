using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// A GAN's game: two pure functions from logits to per-sample losses, both to be minimized, and what the logit means at the optimum.
/// A new objective is one small subclass; override <see cref="Ratio"/> where its logit is a density ratio.
/// </summary>
public abstract class GanObjective
{
    /// <summary>The mission's game, eqs. 20 and 21 (Goodfellow et al. 2014): the default.</summary>
    public static GanObjective Minimax { get; } = new Minimax();

    /// <summary>Minimax with the generator loss −ln D(G(z)), which doesn't vanish where D wins (Goodfellow et al. 2014).</summary>
    public static GanObjective NonSaturating { get; } = new NonSaturating();

    /// <summary>Squared errors to 0 and 1 (Mao et al. 2017).</summary>
    public static GanObjective LeastSquares { get; } = new LeastSquares();

    /// <summary>Margins of 1 on either side (Lim and Ye 2017); no density ratio.</summary>
    public static GanObjective Hinge { get; } = new Hinge();

    /// <summary>A critic of the earth mover's distance (Arjovsky et al. 2017); needs a gradient penalty, no density ratio.</summary>
    public static GanObjective Wasserstein { get; } = new Wasserstein();

    /// <summary>Real and generated samples judged in pairs (Jolicoeur-Martineau 2019), the objective of R3GAN.</summary>
    public static GanObjective RelativisticPaired { get; } = new RelativisticPaired();

    /// <summary>What the discriminator minimizes.</summary>
    /// <param name="real">Logits of real samples, shape [N].</param>
    /// <param name="fake">Logits of generated samples, shape [N].</param>
    /// <returns>Per-sample losses, shape [N]; the trainer takes the mean.</returns>
    public abstract Tensor DiscriminatorLoss(Tensor real, Tensor fake);

    /// <summary>What the generator minimizes.</summary>
    /// <param name="fake">Logits of generated samples, shape [N].</param>
    /// <param name="real">Logits of real samples, shape [N], without gradient; null unless <see cref="GeneratorNeedsReal"/>.</param>
    /// <returns>Per-sample losses, shape [N]; the trainer takes the mean.</returns>
    public abstract Tensor GeneratorLoss(Tensor fake, Tensor? real);

    /// <summary>Whether <see cref="GeneratorLoss"/> reads the logits of real samples. Default false, which saves a pass of D.</summary>
    public virtual bool GeneratorNeedsReal => false;

    /// <summary>What the optimal logit says of ln p_d/p_g. Default <see cref="RatioKind.None"/>: an objective must claim a ratio to have one.</summary>
    public virtual RatioKind Ratio => RatioKind.None;

    /// <summary>
    /// Why the logit holds no density ratio, as the end of a sentence that begins "no divergence can be read from this logit, because"; null where it holds one.
    /// </summary>
    public virtual string? RatioRefusal => Ratio == RatioKind.None ? "the objective makes no claim that its optimal logit is ln p_d/p_g" : null;

    /// <summary>ln p_d/p_g as the logits state it, or null where they don't (<see cref="RatioKind.None"/>). Default: the logit itself.</summary>
    /// <param name="logits">The discriminator's outputs, shape [N].</param>
    public virtual Tensor? LogDensityRatio(Tensor logits) => Ratio == RatioKind.None ? null : logits;

    /// <summary>The objective's name.</summary>
    public override string ToString() => GetType().Name;
}
