using GanSharp.Data.Distributions;
using GanSharp.Estimates;
using static TorchSharp.torch;

namespace GanSharp.Divergences;

/// <summary>
/// D_f(p_d‖p_g) = E_pg[f(r)], r = p_d/p_g, for a convex f with f(1) = 0 (Csiszár 1967): computed from logits, as an estimate or a lower bound, or from known densities.
/// Every formula is written in terms of l = ln r, so that no ratio overflows before its term does.
/// </summary>
public sealed partial class FDivergence
{
    private const string WithoutSuchMeans = "Jensen-Shannon, total variation or squared Hellinger, whose terms have a variance for every two distributions.";
    // Where a score can lie below all slopes, the ratio is taken for this one: ln r stays above −9.2.
    private const double SmallestRatio = 1e-4;
    private readonly Formulas formulas;

    private FDivergence(string name, Formulas formulas) => (Name, this.formulas) = (name, formulas);

    /// <summary>Its name in reports.</summary>
    public string Name { get; }

    /// <summary>The conjugate is finite below this value and infinite above; +∞ where it is finite everywhere.</summary>
    public double ConjugateDomainEnd => formulas.ConjugateDomainEnd;

    /// <summary>f(u), elementwise.</summary>
    /// <param name="ratios">u &gt; 0, any shape.</param>
    /// <returns>Float64 tensor of the same shape.</returns>
    public Tensor Generator(Tensor ratios) => Elementwise(formulas.Generator, ratios);

    /// <summary>f′(u) at u = e^l, elementwise; where f has a kink, at l = 0, the midpoint of its slopes.</summary>
    /// <param name="logRatios">l, any shape.</param>
    /// <returns>Float64 tensor of the same shape.</returns>
    public Tensor Slope(Tensor logRatios) => Elementwise(formulas.Slope, logRatios);

    /// <summary>The conjugate f*(t) = sup over u ≥ 0 of u t − f(u), elementwise.</summary>
    /// <param name="slopes">t, any shape.</param>
    /// <returns>Float64 tensor of the same shape; +∞ beyond <see cref="ConjugateDomainEnd"/>.</returns>
    public Tensor Conjugate(Tensor slopes) => Elementwise(
        t => where(t > ConjugateDomainEnd, tensor(double.PositiveInfinity), formulas.Conjugate(t)), slopes);

    /// <summary>f-GAN's output activation: an increasing map from any score to the conjugate's domain (Nowozin, Cseke and Tomioka 2016, table 6).</summary>
    /// <param name="scores">v, any shape.</param>
    /// <returns>Float64 tensor of the same shape.</returns>
    public Tensor OutputActivation(Tensor scores) => Elementwise(formulas.Activation, scores);

    /// <summary>Whether a score states ln r: total variation's says only which density is larger.</summary>
    internal bool StatesRatio => formulas.LogRatioOfScore is not null;

    /// <summary>f* of the output activation, elementwise, without overflow or cancellation between the two.</summary>
    /// <param name="scores">v, any shape.</param>
    internal Tensor ConjugateOfActivation(Tensor scores) => Elementwise(formulas.ConjugateOfActivation, scores);

    /// <summary>ln (f′)⁻¹ of the output activation, elementwise: ln r where v is the best score; null where it states none.</summary>
    /// <param name="scores">v, any shape.</param>
    internal Tensor? LogRatioOfScore(Tensor scores) => formulas.LogRatioOfScore is { } formula ? Elementwise(formula, scores) : null;

    /// <summary>
    /// D_f = E_m[2 f(r) / (1 + r)], m = (p_d + p_g) / 2, half of it from each side. The textbook E_pg[f(r)] depends on the few generated samples that look
    /// real: for KL its terms r ln r grow without bound. Here the weight 2 / (1 + r) of a sample of m is at most 2, and every region is covered
    /// by the side that has mass there. f is normalized to f(1) = f′(1) = 0, which changes no divergence and makes every term nonnegative.
    /// </summary>
    /// <param name="realLogRatios">l at real samples, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">l at generated samples, shape [M], M ≥ 2.</param>
    /// <returns>Unbiased if l is the true log ratio; otherwise neither a lower nor an upper bound.</returns>
    /// <exception cref="DiagnosticRefusedException">The divergence's terms grow exponentially (χ², some α), and a few samples dominate or <see cref="ParetoTail"/> finds too heavy a tail.</exception>
    /// <exception cref="ArgumentException">A side has fewer than 2 log ratios.</exception>
    public Estimate PlugIn(Tensor realLogRatios, Tensor fakeLogRatios)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        using var scope = NewDisposeScope();
        var (real, fake) = (realLogRatios.to(ScalarType.Float64), fakeLogRatios.to(ScalarType.Float64));
        ImportanceWeights.ThrowIfUnreliable($"{Name} (plug-in)", real, fake, formulas.PlugInGrowth, formulas.PlugInGrowth, $"Ask for {WithoutSuchMeans}");
        return Finite(new WeightedMeans(0, (0.5, formulas.MixtureTerm(real)), (0.5, formulas.MixtureTerm(fake))));
    }

    /// <summary>
    /// The variational bound E_pd[f′(r)] − E_pg[r f′(r) − f(r)] ≤ D_f (Nguyen, Wainwright and Jordan 2010), valid for every function l and tight for the true ratio.
    /// For Jensen–Shannon it is <see cref="JensenShannon.Bound(Tensor, Tensor, double, IntervalMethod, double, long, bool)"/>.
    /// </summary>
    /// <param name="realLogRatios">l at real samples that D was not trained on, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">l at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <param name="logitLimit">
    /// Above 0. l is clipped to [−logitLimit, logitLimit], which is another function and so another lower bound: lower, but its terms span no more than e^logitLimit,
    /// so that it has an interval where the unclipped bound is refused, once some dozens of samples reach the limit. Choose it before looking at the samples;
    /// 2, at which r is clipped to 7.4, is a good first choice.
    /// Default +∞.
    /// </param>
    /// <returns>An unbiased estimate of the bound, which is low if l is wrong; not clipped at 0.</returns>
    /// <exception cref="ArgumentException">Fewer than two samples per side, or a value out of its range.</exception>
    /// <exception cref="DiagnosticRefusedException">
    /// Terms grow exponentially in l (all but Jensen–Shannon and total variation), and a few samples dominate or <see cref="ParetoTail"/> finds too heavy a tail:
    /// no interval would be valid.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="logitLimit"/> isn't above 0.</exception>
    public Estimate LowerBound(Tensor realLogRatios, Tensor fakeLogRatios, double logitLimit = double.PositiveInfinity)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        if (!(logitLimit > 0))
            throw new ArgumentOutOfRangeException(nameof(logitLimit), logitLimit, "logitLimit must be above 0.");
        using var scope = NewDisposeScope();
        Tensor Clipped(Tensor logRatios) => logRatios.to(ScalarType.Float64).clamp(-logitLimit, logitLimit);
        var (real, fake) = (Clipped(realLogRatios), Clipped(fakeLogRatios));
        ImportanceWeights.ThrowIfUnreliable($"The lower bound of {Name}", real, fake, formulas.RealGrowth, formulas.FakeGrowth,
            $"Clip the logits (logitLimit), which is a lower bound too, or ask for {WithoutSuchMeans}");
        return Finite(new WeightedMeans(0, (1, formulas.Slope(real)), (-1, formulas.ConjugateOfSlope(fake))));
    }

    /// <summary>D_f(p‖q) by quadrature in one or two dimensions, to about 1e-10 for mixtures of Gaussians.</summary>
    /// <param name="data">p.</param>
    /// <param name="generator">q.</param>
    /// <returns>D_f(p‖q), at least 0; in nats where f is made of logarithms.</returns>
    /// <exception cref="DiagnosticRefusedException">The divergence is infinite, or depends on tails beyond the densities' supports.</exception>
    /// <exception cref="NotSupportedException">The dimension is above 2.</exception>
    public double Quadrature(IDensity data, IDensity generator) => new Quadrature(data, generator).Integrate(
        (logP, logQ) => logaddexp(logP, logQ).exp() / 2 * formulas.MixtureTerm(logP - logQ), formulas.HasKink);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private Estimate Finite(WeightedMeans means) => double.IsFinite(means.Value)
        ? means.SkewCorrected()
        : throw new DiagnosticRefusedException($"{Name} is not finite at these logits: they hold NaN or infinity, or e^l overflows. Calibrate the logits (PlattScaling), or ask for Jensen-Shannon.");

    private static Tensor Elementwise(Func<Tensor, Tensor> function, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        return function(inputs.to(ScalarType.Float64)).MoveToOuterDisposeScope();
    }
}
