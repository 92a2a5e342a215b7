using GanSharp.Divergences;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// LSGAN (Mao et al. 2017): D minimizes E_pd[(l − b)²] + E_pg[(l − a)²], G minimizes E_pg[(l − c)²], with a = 0 and b = c = 1 by default.
/// The optimal output is a + (b − a) p_d/(p_d + p_g), so p_d/(p_d + p_g) = (l − a)/(b − a) and ln p_d/p_g is its logit.
/// </summary>
public sealed class LeastSquares : LogitObjective
{
    // Outputs aren't confined to (0, 1). Clamped outputs are still a function of x, and the bound holds for every function; ln r stays within ± 9.2.
    private const double Margin = 1e-4;

    /// <summary>Creates the objective.</summary>
    /// <param name="fakeTarget">a, what D should say of generated samples; finite. Default 0.</param>
    /// <param name="realTarget">b, what D should say of real samples; finite and not a. Default 1.</param>
    /// <param name="generatorTarget">
    /// c, what G wants D to say of its samples; finite. Null (the default) for b. With b − c = 1 and b − a = 2 the game minimizes the χ² divergence of
    /// p_d + p_g from 2 p_g (theorem 1 of the paper).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A target isn't finite, or <paramref name="realTarget"/> equals <paramref name="fakeTarget"/>.</exception>
    public LeastSquares(double fakeTarget = 0, double realTarget = 1, double? generatorTarget = null)
    {
        static void ThrowIfNotFinite(double value, string name)
        {
            if (!double.IsFinite(value))
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite.");
        }
        ThrowIfNotFinite(fakeTarget, nameof(fakeTarget));
        ThrowIfNotFinite(realTarget, nameof(realTarget));
        ThrowIfNotFinite(generatorTarget ?? realTarget, nameof(generatorTarget));
        if (fakeTarget == realTarget)
            throw new ArgumentOutOfRangeException(nameof(realTarget), realTarget, "realTarget must differ from fakeTarget, or D has nothing to tell apart.");
        (FakeTarget, RealTarget, GeneratorTarget) = (fakeTarget, realTarget, generatorTarget ?? realTarget);
    }

    /// <summary>a, D's target for generated samples.</summary>
    public double FakeTarget { get; }

    /// <summary>b, D's target for real samples.</summary>
    public double RealTarget { get; }

    /// <summary>c, G's target for its samples.</summary>
    public double GeneratorTarget { get; }

    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.Exact;

    /// <summary>(l_real − b)² + (l_fake − a)².</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - RealTarget).square() + (fake - FakeTarget).square();

    /// <summary>(l_fake − c)².</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - GeneratorTarget).square();

    /// <summary>The logit of (l − a)/(b − a), which is clamped to [1e-4, 1 − 1e-4], in float64.</summary>
    /// <inheritdoc/>
    public override Tensor? LogDensityRatio(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return ((logits.to(ScalarType.Float64) - FakeTarget) / (RealTarget - FakeTarget)).clamp(Margin, 1 - Margin).logit();
    }
}
