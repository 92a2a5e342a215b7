using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// f-GAN (Nowozin, Cseke and Tomioka 2016): D maximizes E_pd[T] − E_pg[f*(T)], a lower bound of an f-divergence, where T = g_f(v) is the divergence's output activation
/// (<see cref="FDivergence.OutputActivation"/>) of D's output v. The best T is f′(p_d/p_g), so the ratio can be read from v; only total variation's states none.
/// </summary>
/// <remarks>
/// The losses of KL, reverse KL, χ², Hellinger and Jeffreys grow exponentially or as a square of v; they are computed in float64 and are infinite in float32 only where they exceed 3e38.
/// </remarks>
public sealed class FGan : LogitObjective
{
    /// <summary>Creates the objective.</summary>
    /// <param name="divergence">The divergence whose bound D maximizes: <see cref="FDivergence.KullbackLeibler"/>, <see cref="FDivergence.PearsonChiSquared"/>, ….</param>
    /// <param name="isSaturating">
    /// Whether G minimizes the bound itself, −E_pg[f*(T)]. Default false: it minimizes −E_pg[T], which has the same fixed points and doesn't vanish where D wins
    /// (section 3.2 of the paper).
    /// </param>
    public FGan(FDivergence divergence, bool isSaturating = false)
    {
        ArgumentNullException.ThrowIfNull(divergence);
        (Divergence, IsSaturating) = (divergence, isSaturating);
    }

    /// <summary>The divergence whose bound D maximizes.</summary>
    public FDivergence Divergence { get; }

    /// <summary>Whether G minimizes the bound itself.</summary>
    public bool IsSaturating { get; }

    /// <inheritdoc/>
    public override RatioKind Ratio => Divergence.StatesRatio ? RatioKind.Exact : RatioKind.None;

    /// <inheritdoc/>
    public override string? RatioRefusal => Divergence.StatesRatio ? null : $"the best output under {Divergence} says which density is larger, not by how much";

    /// <summary>−g_f(v_real) + f*(g_f(v_fake)).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        return (Divergence.ConjugateOfActivation(fake) - Divergence.OutputActivation(real)).to(real.dtype);
    }

    /// <summary>−g_f(v_fake), or −f*(g_f(v_fake)) where it saturates.</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real)
    {
        ArgumentNullException.ThrowIfNull(fake);
        return (-(IsSaturating ? Divergence.ConjugateOfActivation(fake) : Divergence.OutputActivation(fake))).to(fake.dtype);
    }

    /// <summary>ln (f′)⁻¹(g_f(v)), in float64; where v lies below every slope of f (χ², some α), the logarithm of 1e-4.</summary>
    /// <inheritdoc/>
    public override Tensor? LogDensityRatio(Tensor logits) => Divergence.LogRatioOfScore(logits);

    /// <summary>"FGan (KL)".</summary>
    public override string ToString() => $"{nameof(FGan)} ({Divergence})";
}
