using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Sampling;

/// <summary>
/// Discriminator rejection sampling (Azadi et al. 2019): a sample of G is kept with probability r / r_max = e^(l − l_max), and the kept ones are
/// distributed as p_d where l is ln p_d/p_g. A constant added to every l changes nothing.
/// </summary>
/// <remarks>
/// l_max is the largest l of a burn-in and is then fixed, so that every draw has the same distribution: above l_max the ratio counts as r_max.
/// (The paper raises l_max during sampling, so that early and late samples differ.) With N(0, 4) as the proposal for N(0, 1), exactly half are accepted.
/// </remarks>
public sealed class RejectionSampler
{
    private const double SmallestAcceptanceRate = 1e-3;
    private const int LargestDraw = 4_096;
    private readonly GeneratorProposal proposal;

    /// <summary>Determines l_max, and the shift for the percentile.</summary>
    /// <param name="proposal">G and its log ratio.</param>
    /// <param name="percentile">
    /// Null (the default) for exact rejection. In high dimension almost nothing would be accepted; a percentile in (0, 100) shifts the log odds of acceptance
    /// so that the sample at that percentile of the burn-in is accepted with probability ½, and those with a higher ratio more often; 95 is usual.
    /// In exchange, less is corrected: the lower the percentile, the closer the result stays to p_g.
    /// </param>
    /// <param name="burnIn">Number of samples from which l_max is determined, at least 100. Default 10,000, so that about one later sample in 10,000 exceeds it.</param>
    /// <param name="seed">Determines the burn-in. Default 0.</param>
    /// <exception cref="DiagnosticRefusedException">Fewer than one sample in 1,000 would be accepted.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="burnIn"/> is below 100, or <paramref name="percentile"/> doesn't lie between 0 and 100.</exception>
    public RejectionSampler(GeneratorProposal proposal, double? percentile = null, int burnIn = 10_000, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentOutOfRangeException.ThrowIfLessThan(burnIn, 100);
        if (percentile is { } given && !(given is > 0 and < 100))
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "percentile must lie between 0 and 100, both excluded, or be null for exact rejection.");
        this.proposal = proposal;
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "rejection burn-in", device: proposal.Device);
        var logRatios = proposal.Draw(burnIn, random).LogRatios;
        LogRatioMaximum = logRatios.max().item<double>();
        if (double.IsNegativeInfinity(LogRatioMaximum))
            throw new DiagnosticRefusedException($"All {burnIn} samples of the burn-in have the ratio 0: the generator produces nothing that the data could. Train it further.");
        if (percentile is { } value)
            Shift = LogOdds(logRatios).quantile(tensor(value / 100, ScalarType.Float64, proposal.Device)).item<double>();
        ExpectedAcceptanceRate = LogAcceptance(logRatios).exp().mean().item<double>();
        if (ExpectedAcceptanceRate < SmallestAcceptanceRate)
            throw new DiagnosticRefusedException(FormattableString.Invariant(
                $"Only {ExpectedAcceptanceRate:0.0e+0} of the generator's samples would be accepted, less than one in {1 / SmallestAcceptanceRate:0}: the largest log ratio {LogRatioMaximum:0.##} stands far above the rest. Calibrate the discriminator (PlattScaling), give a percentile, such as 90, or use the MetropolisHastingsSampler."));
    }

    /// <summary>l_max, the largest log ratio of the burn-in.</summary>
    public double LogRatioMaximum { get; }

    /// <summary>γ, subtracted from the log odds of acceptance; 0 for exact rejection.</summary>
    public double Shift { get; }

    /// <summary>Share of the burn-in that would be accepted, in expectation, above 0 and at most 1. Exact rejection at the true ratio accepts 1 / r_max.</summary>
    public double ExpectedAcceptanceRate { get; }

    /// <summary>Draws proposals until enough samples are accepted.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents and which samples are accepted. Default 0.</param>
    /// <returns>Independent samples of shape [count, …].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public AcceptedSamples Sample(int count, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "rejection", device: proposal.Device);
        var kept = new List<Tensor>();
        long accepted = 0, proposed = 0;
        while (accepted < count)
        {
            using var pass = NewDisposeScope();
            var size = (int)Math.Clamp((count - accepted) / ExpectedAcceptanceRate, 1, LargestDraw);
            var (samples, logRatios) = proposal.Draw(size, random);
            var chance = rand(size, ScalarType.Float64, proposal.Device, generator: random).log();
            var chosen = samples.index_select(0, chance.lt(LogAcceptance(logRatios)).nonzero().squeeze(1));
            kept.Add(chosen.MoveToOuterDisposeScope());
            accepted += chosen.shape[0];
            proposed += size;
        }
        return new AcceptedSamples(cat(kept).narrow(0, 0, count).MoveToOuterDisposeScope(), (double)accepted / proposed);
    }

    /// <summary>ln of the probability of acceptance: l − l_max without a shift.</summary>
    private Tensor LogAcceptance(Tensor logRatios) =>
        Shift == 0 ? (logRatios - LogRatioMaximum).clamp(max: 0) : ValueFunction.LogProbability(LogOdds(logRatios) - Shift);

    /// <summary>The paper's F̂ = F − ln(1 − e^(F − ε)) with F = l − l_max, whose sigmoid is e^F up to ε.</summary>
    private Tensor LogOdds(Tensor logRatios)
    {
        // These limits keep the log odds finite, both of the best sample and of samples of ratio 0, between which a percentile would be NaN.
        const double Epsilon = 1e-8, Lowest = -700;
        var below = (logRatios - LogRatioMaximum).clamp(Lowest, 0);
        return below - (-(below - Epsilon).exp()).log1p();
    }
}
