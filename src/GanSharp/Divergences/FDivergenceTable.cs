using static TorchSharp.torch;

namespace GanSharp.Divergences;

// v is f-GAN's score and l = ln r. σ(l) = r / (1 + r), σ(−l) = 1 / (1 + r), tanh(l/2) = (r − 1) / (r + 1), all bounded.
public sealed partial class FDivergence
{
    /// <summary>KL(p_d‖p_g): f(u) = u ln u. Infinite where the generator misses data.</summary>
    public static FDivergence KullbackLeibler { get; } = new("KL", new()
    {
        Generator = u => u * u.log(),
        Conjugate = t => (t - 1).exp(),
        Activation = v => v.alias(),
        ConjugateOfActivation = v => (v - 1).exp(),
        LogRatioOfScore = v => v - 1,
        Slope = l => 1 + l,
        ConjugateOfSlope = l => l.exp(),
        MixtureTerm = l => 2 * (l * l.sigmoid() - (l / 2).tanh()),
        FakeGrowth = 1,
    });

    /// <summary>KL(p_g‖p_d): f(u) = −ln u. Infinite where the generator produces samples that the data never contains.</summary>
    public static FDivergence ReverseKullbackLeibler { get; } = new("reverse KL", new()
    {
        Generator = u => -u.log(),
        Conjugate = t => -1 - (-t).log(),
        ConjugateDomainEnd = 0,
        Activation = v => -(-v).exp(),
        ConjugateOfActivation = v => v - 1,
        LogRatioOfScore = v => v.alias(),
        Slope = l => -(-l).exp(),
        ConjugateOfSlope = l => l - 1,
        MixtureTerm = l => 2 * ((l / 2).tanh() - l * (-l).sigmoid()),
        RealGrowth = -1,
    });

    /// <summary>Jeffreys' divergence KL(p_d‖p_g) + KL(p_g‖p_d): f(u) = (u − 1) ln u.</summary>
    public static FDivergence Jeffreys { get; } = new("Jeffreys", new()
    {
        Generator = u => (u - 1) * u.log(),
        Conjugate = t =>
        {
            var logW = LogOfLambertW(1 - t);
            return (-logW).exp() - 1 - logW;
        },
        Activation = v => v.alias(),
        ConjugateOfActivation = v =>
        {
            var logRatio = -LogOfLambertW(1 - v);
            return logRatio.expm1() + logRatio;
        },
        LogRatioOfScore = v => -LogOfLambertW(1 - v),
        Slope = l => l - (-l).expm1(),
        ConjugateOfSlope = l => l.expm1() + l,
        MixtureTerm = l => 2 * l * (l / 2).tanh(),
        RealGrowth = -1,
        FakeGrowth = 1,
    });

    /// <summary>Pearson's χ²(p_d‖p_g) = ∫(p_d − p_g)² / p_g: f(u) = (u − 1)².</summary>
    public static FDivergence PearsonChiSquared { get; } = new("Pearson χ²", new()
    {
        Generator = u => (u - 1).square(),
        // Below −2 the supremum over u ≥ 0 is at u = 0.
        Conjugate = t => t.clamp(min: -2).square() / 4 + t.clamp(min: -2),
        Activation = v => v.alias(),
        ConjugateOfActivation = v => v.clamp(min: -2).square() / 4 + v.clamp(min: -2),
        LogRatioOfScore = v => (1 + v / 2).clamp(min: SmallestRatio).log(),
        Slope = l => 2 * l.expm1(),
        ConjugateOfSlope = l => (2 * l).expm1(),
        MixtureTerm = l => 2 * l.expm1() * (l / 2).tanh(),
        RealGrowth = 1,
        FakeGrowth = 2,
        PlugInGrowth = 1,
    });

    /// <summary>Neyman's χ²(p_g‖p_d) = ∫(p_d − p_g)² / p_d: f(u) = (1 − u)² / u.</summary>
    public static FDivergence NeymanChiSquared { get; } = new("Neyman χ²", new()
    {
        Generator = u => (1 - u).square() / u,
        Conjugate = t => 2 - 2 * (1 - t).sqrt(),
        ConjugateDomainEnd = 1,
        Activation = v => -(-v).expm1(),
        ConjugateOfActivation = v => -2 * (-v / 2).expm1(),
        LogRatioOfScore = v => v / 2,
        Slope = l => -(-2 * l).expm1(),
        ConjugateOfSlope = l => -2 * (-l).expm1(),
        MixtureTerm = l => -2 * (-l).expm1() * (l / 2).tanh(),
        RealGrowth = -2,
        FakeGrowth = -1,
        PlugInGrowth = -1,
    });

    /// <summary>Squared Hellinger distance ∫(√p_d − √p_g)², from 0 to 2: f(u) = (√u − 1)².</summary>
    public static FDivergence SquaredHellinger { get; } = new("squared Hellinger", new()
    {
        Generator = u => (u.sqrt() - 1).square(),
        Conjugate = t => t / (1 - t),
        ConjugateDomainEnd = 1,
        Activation = v => -(-v).expm1(),
        ConjugateOfActivation = v => v.expm1(),
        LogRatioOfScore = v => 2 * v,
        Slope = l => -(-l / 2).expm1(),
        ConjugateOfSlope = l => (l / 2).expm1(),
        MixtureTerm = l => 2 - 2 / (l / 2).cosh(),
        RealGrowth = -0.5,
        FakeGrowth = 0.5,
    });

    /// <summary>Total variation ½∫|p_d − p_g|, from 0 to 1: f(u) = ½|u − 1|.</summary>
    public static FDivergence TotalVariation { get; } = new("total variation", new()
    {
        Generator = u => (u - 1).abs() / 2,
        // Below −½ the supremum over u ≥ 0 is at u = 0; f-GAN's table only uses the slopes that f has, |t| ≤ ½.
        Conjugate = t => t.clamp(min: -0.5),
        ConjugateDomainEnd = 0.5,
        Activation = v => v.tanh() / 2,
        ConjugateOfActivation = v => v.tanh() / 2,
        Slope = l => l.sign() / 2,
        ConjugateOfSlope = l => l.sign() / 2,
        MixtureTerm = l => (l / 2).tanh().abs(),
        HasKink = true,
    });

    /// <summary>Jensen–Shannon divergence, from 0 to ln 2: f(u) = ½[u ln u − (u + 1) ln((u + 1) / 2)], half of f-GAN's, so that D_f is JSD instead of twice JSD.</summary>
    public static FDivergence JensenShannon { get; } = new("Jensen-Shannon", new()
    {
        Generator = u => (u * u.log() - (u + 1) * ((u + 1) / 2).log()) / 2,
        Conjugate = t => -(2 - (2 * t).exp()).log() / 2,
        ConjugateDomainEnd = Divergences.JensenShannon.Maximum / 2,
        Activation = v => (ValueFunction.LogProbability(v) + Math.Log(2)) / 2,
        ConjugateOfActivation = v => (-ValueFunction.LogProbability(-v) - Math.Log(2)) / 2,
        LogRatioOfScore = v => v.alias(),
        Slope = l => (ValueFunction.LogProbability(l) + Math.Log(2)) / 2,
        ConjugateOfSlope = l => (-ValueFunction.LogProbability(-l) - Math.Log(2)) / 2,
        MixtureTerm = l => Math.Log(2) + l * l.sigmoid() + ValueFunction.LogProbability(-l),
    });

    /// <summary>
    /// The α family (Cichocki and Amari 2010): f(u) = (u^α − 1 − α(u − 1)) / (α(α − 1)). α = 2 is half of Pearson's χ², −1 half of Neyman's, ½ twice the squared Hellinger;
    /// α → 1 is KL and α → 0 reverse KL.
    /// </summary>
    /// <param name="alpha">Finite, neither 0 nor 1.</param>
    /// <returns>The divergence, whose name states α: "α-divergence (α = 2)".</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> isn't finite, or is 0 or 1.</exception>
    public static FDivergence Alpha(double alpha)
    {
        if (!double.IsFinite(alpha) || alpha is 0 or 1)
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha must be finite and neither 0 (take ReverseKullbackLeibler) nor 1 (take KullbackLeibler).");
        var (less, scale) = (alpha - 1, alpha * (alpha - 1));
        return new FDivergence(FormattableString.Invariant($"α-divergence (α = {alpha})"), new()
        {
            Generator = u => (u.pow(alpha) - 1 - alpha * (u - 1)) / scale,
            // For α > 1 the supremum over u ≥ 0 is at u = 0 once the slope is below the smallest slope of f.
            Conjugate = t => ((less * t + 1).clamp(min: 0).pow(alpha / less) - 1) / alpha,
            ConjugateDomainEnd = alpha > 1 ? double.PositiveInfinity : -1 / less,
            Activation = v => alpha > 1 ? v.alias() : ValueFunction.LogProbability(v) - 1 / less,
            ConjugateOfActivation = v => alpha > 1
                ? ((less * v + 1).clamp(min: 0).pow(alpha / less) - 1) / alpha
                : ((LogOfSoftplus(-v) + Math.Log(-less)) * (alpha / less)).expm1() / alpha,
            LogRatioOfScore = v => (alpha > 1 ? (less * v + 1).clamp(min: Math.Pow(SmallestRatio, less)).log() : LogOfSoftplus(-v) + Math.Log(-less)) / less,
            Slope = l => (less * l).expm1() / less,
            ConjugateOfSlope = l => (alpha * l).expm1() / alpha,
            MixtureTerm = l => 2 / scale * ((alpha * l + ValueFunction.LogProbability(-l)).exp() - (-l).sigmoid() - alpha * (l / 2).tanh()),
            RealGrowth = less,
            FakeGrowth = alpha,
            // 2 f(r) / (1 + r) grows as r^(α−1) at large ratios and as r^α at small ones.
            PlugInGrowth = alpha > 1 ? less : Math.Min(alpha, 0),
        });
    }

    /// <summary>w = ln W(e^c), the root of w + e^w = c, by Newton's method.</summary>
    private static Tensor LogOfLambertW(Tensor c)
    {
        // Convex and increasing: from any start the second iterate is above the root and later ones decrease to it; few iterations are needed.
        const int Iterations = 38;
        static Tensor Improved(Tensor w, Tensor c) => w - (w + w.exp() - c) / (1 + w.exp());
        Tensor w;
        using (no_grad())
        {
            w = where(c > 1, c.clamp(min: 1).log(), c);
            for (var iteration = 0; iteration < Iterations; iteration++)
                w = Improved(w, c);
        }
        // At the root an iteration's derivative in w is 0, so the last two give the first and second derivatives in c, and the others need no graph.
        return Improved(Improved(w, c), c);
    }

    /// <summary>ln ln(1 + e^x), which is x where e^x is lost beside 1.</summary>
    private static Tensor LogOfSoftplus(Tensor x)
    {
        const double Lost = -37;
        return where(x < Lost, x, nn.functional.softplus(x.clamp(min: Lost)).log());
    }

    /// <summary>One row of the table, elementwise on float64 tensors.</summary>
    private sealed record Formulas
    {
        /// <summary>f(u).</summary>
        public required Func<Tensor, Tensor> Generator { get; init; }

        /// <summary>f*(t) where it is finite.</summary>
        public required Func<Tensor, Tensor> Conjugate { get; init; }

        public double ConjugateDomainEnd { get; init; } = double.PositiveInfinity;

        /// <summary>From a score v to the conjugate's domain.</summary>
        public required Func<Tensor, Tensor> Activation { get; init; }

        /// <summary>f* of the activation, without the cancellation of computing one after the other.</summary>
        public required Func<Tensor, Tensor> ConjugateOfActivation { get; init; }

        /// <summary>The l whose slope f′(e^l) is the activation of v; null where several have it.</summary>
        public Func<Tensor, Tensor>? LogRatioOfScore { get; init; }

        /// <summary>f′(e^l).</summary>
        public required Func<Tensor, Tensor> Slope { get; init; }

        /// <summary>f*(f′(r)) = r f′(r) − f(r) at r = e^l.</summary>
        public required Func<Tensor, Tensor> ConjugateOfSlope { get; init; }

        /// <summary>2 [f(r) − f′(1)(r − 1)] / (1 + r) at r = e^l.</summary>
        public required Func<Tensor, Tensor> MixtureTerm { get; init; }

        public bool HasKink { get; init; }

        /// <summary>The c of the fastest growing part e^(c l) of the slope, whose mean is over real samples; 0 for none.</summary>
        public double RealGrowth { get; init; }

        /// <summary>The same for the conjugate, whose mean is over generated samples.</summary>
        public double FakeGrowth { get; init; }

        /// <summary>The same for the mixture term, on both sides.</summary>
        public double PlugInGrowth { get; init; }
    }
}
