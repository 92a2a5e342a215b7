using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// LSGAN with targets 0 and 1 (Mao et al. 2017): D minimizes E_pd[(l − 1)²] + E_pg[l²], G minimizes E_pg[(l − 1)²].
/// The optimal output is p_d/(p_d + p_g) itself, not its logit, so ln p_d/p_g = ln l − ln(1 − l).
/// </summary>
public sealed class LeastSquares : LogitObjective
{
    // Outputs aren't confined to (0, 1). Clamped outputs are still a function of x, and the bound holds for every function; ln r stays within ± 9.2.
    private const double Margin = 1e-4;

    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.Exact;

    /// <summary>(l_real − 1)² + l_fake².</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

    /// <summary>(l_fake − 1)².</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();

    /// <inheritdoc/>
    public override Tensor? LogDensityRatio(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return logits.to(ScalarType.Float64).clamp(Margin, 1 - Margin).logit();
    }
}
