using GanSharp.Diagnostics.Calibration;
using GanSharp.Divergences;
using GanSharp.Estimates;
using GanSharp.Sampling;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

/// <summary>How often each estimate is given at the true log ratio of a known pair, and how often an interval that is given holds the truth.</summary>
internal static class CoverageStudy
{
    /// <summary>One quantity on one pair.</summary>
    /// <param name="Pair">The densities.</param>
    /// <param name="Quantity">What was estimated.</param>
    /// <param name="Repeats">Repeats of the experiment.</param>
    /// <param name="Given">Those in which an estimate was given.</param>
    /// <param name="Covered">Those in which its interval held the truth.</param>
    internal sealed record Cell(GaussianPair Pair, string Quantity, int Repeats, int Given, int Covered)
    {
        public double GivenShare => (double)Given / Repeats;

        public double Coverage => (double)Covered / Given;

        /// <summary>Whether so few misses or so many happen to a coverage between 93 and 97% no oftener than once in a thousand times, in either direction.</summary>
        public bool IsPlausible => Given == 0 || (AtMost(Covered, 0.97) && AtMost(Given - Covered, 0.07));

        private bool AtMost(int count, double share) => count <= Given * share + 3.1 * Math.Sqrt(Given * share * (1 - share)) + 1;
    }

    public const double LogitLimit = 2;

    public static readonly string[] Quantities =
        ["JS bound", "KL", "reverse KL", "Pearson χ²", "KL, clipped", "reverse KL, clipped", "weighted mean", "weighted mean, real seen", "E[r] and E[1/r]"];

    public static IEnumerable<Cell> Measure(GaussianPair pair, int repeats, int count, long seed = 1)
    {
        var (given, covered) = (new int[Quantities.Length], new int[Quantities.Length]);
        var truths = Truths(pair);
        // A few repeats at a time bound memory.
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            using var scope = NewDisposeScope();
            var (reals, fakes, firsts) = pair.Draw(1, count, seed * 1_000_000 + repeat);
            var (real, fake, first) = (reals[0], fakes[0], firsts[0]);
            Func<Estimate?>[] estimates =
            [
                () => JensenShannon.Bound(real, fake),
                () => FDivergence.KullbackLeibler.LowerBound(real, fake),
                () => FDivergence.ReverseKullbackLeibler.LowerBound(real, fake),
                () => FDivergence.PearsonChiSquared.LowerBound(real, fake),
                () => FDivergence.KullbackLeibler.LowerBound(real, fake, LogitLimit),
                () => FDivergence.ReverseKullbackLeibler.LowerBound(real, fake, LogitLimit),
                () => ImportanceSampling.Expectation(first, fake).Value,
                () => ImportanceSampling.Expectation(first, fake, real).Value,
                () => Consistency(real, fake),
            ];
            for (var index = 0; index < estimates.Length; index++)
                if (Try(estimates[index]) is { } estimate)
                {
                    given[index]++;
                    covered[index] += estimate.Lower <= truths[index] && truths[index] <= estimate.Upper ? 1 : 0;
                }
        }
        return Quantities.Select((quantity, index) => new Cell(pair, quantity, repeats, given[index], covered[index]));
    }

    /// <summary>Covers 1 where the ratio is trusted.</summary>
    private static Estimate? Consistency(Tensor real, Tensor fake) =>
        RatioConsistency.Measure(real, fake) is { IsDecidable: true } decided ? new Estimate(1, decided.IsTrusted ? 1 : 2, 2, 1) : null;

    private static Estimate? Try(Func<Estimate?> estimate)
    {
        try
        {
            return estimate();
        }
        catch (DiagnosticRefusedException)
        {
            return null;
        }
    }

    /// <summary>What the estimates are of: at the true ratio the duals are the divergences, at clipped logits the duals of those.</summary>
    private static double[] Truths(GaussianPair pair)
    {
        double Dual(Func<Tensor, Tensor> real, Func<Tensor, Tensor> fake, double limit = double.PositiveInfinity)
        {
            var (data, generator) = pair.Expectations(l => real(l.clamp(-limit, limit)), l => fake(l.clamp(-limit, limit)));
            return data - generator;
        }
        double Kl(double mean, double deviation, double otherMean, double otherDeviation) =>
            (pair.Dimension * (Math.Log(otherDeviation / deviation) * 2 + Math.Pow(deviation / otherDeviation, 2) - 1) + Math.Pow((mean - otherMean) / otherDeviation, 2)) / 2;
        var (m, s, n, t) = (pair.DataMean, pair.DataDeviation, pair.GeneratorMean, pair.GeneratorDeviation);
        var chiSquared = 2 * t * t > s * s ? pair.Expectations(l => l.expm1(), l => l).Data : double.PositiveInfinity;
        return
        [
            JensenShannonTruth(pair), Kl(m, s, n, t), Kl(n, t, m, s), chiSquared,
            Dual(l => 1 + l, l => l.exp(), LogitLimit), Dual(l => -(-l).exp(), l => l - 1, LogitLimit), m, m, 1,
        ];
    }

    private static double JensenShannonTruth(GaussianPair pair)
    {
        var (data, generator) = pair.Expectations(l => l.log_sigmoid(), l => (-l).log_sigmoid());
        return JensenShannon.Maximum + (data + generator) / 2;
    }
}
